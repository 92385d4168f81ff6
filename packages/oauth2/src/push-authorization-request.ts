import type { GrantContext } from '@valetkey/core'
import { GrantError } from '@valetkey/core'
import { pushedAuthorizationRequest } from 'oauth4webapi'
import { requestServer } from './server-request.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/** Parameters of an authorization request, by their names on the wire. */
export type AuthorizationParameters = readonly [name: string, value: string][]

/**
 * What goes into the user's URL: where the vendor wants it so, the parameters go to the vendor first (RFC 9126), and only a
 * reference to them into the URL.
 *
 * @throws GrantError
 */
export async function pushWhereWanted(
  endpoint: TokenEndpoint,
  parameters: AuthorizationParameters,
  context: GrantContext,
): Promise<AuthorizationParameters> {
  if (!(await endpoint.endpoints.wantsPush(context))) return parameters
  const { request_uri } = await requestServer(
    endpoint,
    {
      to: 'pushedAuthorizationRequestUrl',
      // `state` ties the callback to this sign-in.
      secrets: parameters.filter(([name]) => name === 'state').map(([, value]) => value),
      make: (server, client, authenticate, options) =>
        pushedAuthorizationRequest(server, client, authenticate, [...parameters], options),
    },
    context,
  )
  if (typeof request_uri !== 'string' || request_uri === '') {
    throw new GrantError({ kind: 'unavailable', sent: true, description: 'the answer holds no request_uri' })
  }
  return [
    ['client_id', endpoint.clientId],
    ['request_uri', request_uri],
  ]
}
