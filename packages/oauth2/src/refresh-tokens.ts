import type { GrantContext, TokenSet } from '@valetkey/core'
import type { TokenEndpoint } from './token-endpoint.ts'
import { requestTokens } from './token-request.ts'

/** New tokens for a refresh token (RFC 6749 §6). @throws GrantError */
export function refreshTokens(endpoint: TokenEndpoint, refreshToken: string, context: GrantContext): Promise<TokenSet> {
  const request = { parameters: { refresh_token: refreshToken }, secrets: [refreshToken] }
  return requestTokens(endpoint, { grantType: 'refresh_token', ...request }, context)
}
