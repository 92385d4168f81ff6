import type { GrantContext } from '@valetkey/core'
import { unusable } from './failures.ts'
import type { FormParameters } from './post-form.ts'
import type { ServerEndpoints } from './server-endpoints.ts'
import { requestServer } from './server-request.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/**
 * What goes into the user's URL: where the vendor wants it so, the parameters go to the vendor first (RFC 9126), and only a
 * reference to them into the URL.
 *
 * @throws GrantError
 */
export async function pushWhereWanted(
  endpoint: TokenEndpoint,
  endpoints: ServerEndpoints,
  parameters: FormParameters,
  context: GrantContext,
): Promise<FormParameters> {
  if (!(await endpoints.wantsPush(context))) return parameters
  // `state` ties the callback to this sign-in.
  const secrets = parameters.filter(([name]) => name === 'state').map(([, value]) => value)
  const post = { to: 'pushedAuthorizationRequestUrl', parameters, secrets } as const
  const { request_uri } = await requestServer(endpoint, post, context)
  if (typeof request_uri !== 'string' || request_uri === '') throw unusable('the answer holds no request_uri')
  return [
    ['client_id', endpoint.clientId],
    ['request_uri', request_uri],
  ]
}
