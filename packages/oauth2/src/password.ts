import type { Secret, TokenCredential, TokenGrant } from '@valetkey/core'
import { requireSecret, requireText } from '@valetkey/core'
import { readClientSecret } from './client-authentication.ts'
import { createGrantCredential } from './grant-credential.ts'
import { ownMembers } from './own-members.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { refreshTokens } from './refresh-tokens.ts'
import { revokeTokens } from './revoke-tokens.ts'
import { readSecretOption } from './secret-option.ts'
import type { OAuthOptions, TokenEndpoint } from './token-endpoint.ts'
import { identityOf, resolveTokenEndpoint, scopeParameter } from './token-endpoint.ts'
import { requestTokens } from './token-request.ts'

export interface PasswordOptions extends OAuthOptions {
  readonly username: string
  readonly password: Secret
}

/**
 * Tokens for one user whose password the program holds (RFC 6749 §4.3), renewed by refresh token (§6) where the vendor gives one.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function password(options: PasswordOptions): TokenCredential {
  const own = ownMembers(options)
  const endpoint = resolveTokenEndpoint(own)
  requireText(PACKAGE_NAME, own, ['username'])
  requireSecret(PACKAGE_NAME, own, ['password'])
  return createGrantCredential(own, identityOf(endpoint, 'password', own.username), passwordGrant(endpoint, own))
}

export function passwordGrant(
  endpoint: TokenEndpoint,
  signIn: { readonly username: string; readonly password: Secret },
): TokenGrant {
  const readPassword = () => readSecretOption('password', signIn.password)
  return {
    async issue(context) {
      const { username } = signIn
      const text = await readPassword()
      const parameters = { username, password: text, ...scopeParameter(endpoint) }
      return requestTokens(endpoint, { grantType: 'password', parameters, secrets: [text] }, context)
    },
    refresh: (refreshToken, context) => refreshTokens(endpoint, refreshToken, context),
    revoke: (tokens, context) => revokeTokens(endpoint, tokens, context),
    async secrets() {
      return JSON.stringify([await readClientSecret(endpoint.clientAuthentication), await readPassword()])
    },
  }
}
