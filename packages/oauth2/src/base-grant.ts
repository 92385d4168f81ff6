import type { TokenGrant } from '@valetkey/core'
import type { TokenEndpoint } from './token-endpoint.ts'
import { refreshTokens } from './token-request.ts'

/** What all grants have in common. */
export function baseGrant({ clientAuthentication, revoke }: TokenEndpoint): TokenGrant {
  return {
    ...(revoke && { revoke }),
    async secrets() {
      return JSON.stringify([await clientAuthentication.readSecret()])
    },
  }
}

/** Nothing is issued: an account that nobody has signed in for is `not_signed_in`. */
export function refreshingGrant(endpoint: TokenEndpoint): TokenGrant {
  return {
    ...baseGrant(endpoint),
    refresh: (refreshToken, context) => refreshTokens(endpoint, refreshToken, context),
  }
}
