import type { TokenCredential, TokenGrant } from '@valetkey/core'
import { requireSecret } from '@valetkey/core'
import { readClientSecret } from './client-authentication.ts'
import { createGrantCredential } from './grant-credential.ts'
import { ownMembers } from './own-members.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { revokeTokens } from './revoke-tokens.ts'
import type { OAuthOptions, TokenEndpoint } from './token-endpoint.ts'
import { identityOf, resolveTokenEndpoint, scopeParameter } from './token-endpoint.ts'
import { requestTokens } from './token-request.ts'

/**
 * Tokens for the program itself (RFC 6749 §4.4). `clientSecret` or `clientKey` is required unless `clientAuthentication` is `'none'`.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function clientCredentials(options: OAuthOptions): TokenCredential {
  const own = ownMembers(options)
  if (own.clientAuthentication === undefined && own.clientKey === undefined) {
    requireSecret(PACKAGE_NAME, own, ['clientSecret'])
  }
  const endpoint = resolveTokenEndpoint(own)
  return createGrantCredential(own, identityOf(endpoint, 'client_credentials'), clientCredentialsGrant(endpoint))
}

/** A refresh token in the answer is dropped: RFC 6749 §4.4.3 has none, and asking anew costs the same. */
export function clientCredentialsGrant(endpoint: TokenEndpoint): TokenGrant {
  return {
    async issue(context) {
      const request = { grantType: 'client_credentials', parameters: scopeParameter(endpoint), secrets: [] }
      const tokens = await requestTokens(endpoint, request, context)
      return { ...tokens, refreshToken: undefined, refreshExpiresIn: undefined }
    },
    revoke: (tokens, context) => revokeTokens(endpoint, tokens, context),
    async secrets() {
      return JSON.stringify([await readClientSecret(endpoint.clientAuthentication)])
    },
  }
}
