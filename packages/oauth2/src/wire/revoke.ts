import type { GrantContext, TokenSet } from '@valetkey/core'
import { isGrantError } from '@valetkey/core/kit'
import type { TokenEndpoint } from '../endpoint.ts'
import { requestServer } from './request.ts'

/**
 * Ends tokens at the vendor (RFC 7009): the refresh token, whose access tokens should end with it (§2.1), then the access
 * token, with any result of the first request.
 *
 * @throws GrantError when one of them may live on, or the vendor has no revocation endpoint
 */
export async function revokeTokens(
  endpoint: TokenEndpoint,
  { refreshToken, accessToken }: TokenSet,
  context: GrantContext,
): Promise<void> {
  // Only a refresh token was imported.
  if (refreshToken !== undefined && accessToken === '') return revoke(endpoint, 'refresh_token', refreshToken, context)
  if (refreshToken === undefined) return revoke(endpoint, 'access_token', accessToken, context)
  // All that is left of an answer that could not be used.
  if (accessToken === '') return revoke(endpoint, 'refresh_token', refreshToken, context)
  const first = await settled(revoke(endpoint, 'refresh_token', refreshToken, context))
  const second = await settled(revoke(endpoint, 'access_token', accessToken, context))
  if (first.status === 'rejected') throw first.reason
  if (second.status === 'rejected' && !isUnsupported(second.reason)) throw second.reason
}

async function revoke(
  endpoint: TokenEndpoint,
  tokenType: 'refresh_token' | 'access_token',
  token: string,
  context: GrantContext,
): Promise<void> {
  const parameters = Object.entries({ token_type_hint: tokenType, token })
  await requestServer(endpoint, { to: 'revocationUrl', parameters, secrets: [token] }, context)
}

async function settled<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [outcome] = await Promise.allSettled([work])
  return outcome
}

/** Servers with self-contained access tokens cannot revoke one alone (§2.2.1). */
function isUnsupported(error: unknown): boolean {
  return isGrantError(error) && error.failure.oauthError === 'unsupported_token_type'
}
