import type { TokenGrant } from '@valetkey/core'
import { readClientSecret } from './client-authentication.ts'
import { refreshTokens } from './refresh-tokens.ts'
import { revokeTokens } from './revoke-tokens.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/** Nothing is issued without the person: an account that nobody has signed in for is `not_signed_in`. */
export function signInGrant(endpoint: TokenEndpoint): TokenGrant {
  return {
    refresh: (refreshToken, context) => refreshTokens(endpoint, refreshToken, context),
    revoke: (tokens, context) => revokeTokens(endpoint, tokens, context),
    async secrets() {
      return JSON.stringify([await readClientSecret(endpoint.clientAuthentication)])
    },
  }
}
