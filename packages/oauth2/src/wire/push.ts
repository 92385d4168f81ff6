import type { GrantContext } from '@valetkey/core'
import type { TokenEndpoint } from '../endpoint.ts'
import { unusable } from './refusal.ts'
import type { FormParameters } from './request.ts'
import { requestServer } from './request.ts'

/**
 * Gives the parameters of an authorization request to the vendor (RFC 9126).
 *
 * @returns what goes into the user's URL: a reference to them. @throws GrantError
 */
export async function pushAuthorizationRequest(
  endpoint: TokenEndpoint,
  parameters: FormParameters,
  context: GrantContext,
): Promise<FormParameters> {
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
