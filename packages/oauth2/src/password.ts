import type { Secret, TokenCredential, TokenGrant } from '@valetkey/core'
import { requireSecret, requireText } from '@valetkey/core'
import { refreshingGrant } from './base-grant.ts'
import { readSecretOption } from './client-authentication.ts'
import { createGrantCredential } from './grant-credential.ts'
import { ownMembers } from './own-members.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { resolveTokenEndpoint } from './resolve-token-endpoint.ts'
import type { GrantOptions, OAuthOptions, TokenEndpoint, VendorOptions } from './token-endpoint.ts'
import { identityOf, resolveVendorEndpoint, scopeParameter } from './token-endpoint.ts'
import { requestTokens } from './token-request.ts'

/** Whom to sign in. */
interface UserPassword {
  readonly username: string
  readonly password: Secret
}

export interface PasswordOptions extends OAuthOptions, UserPassword {}

export interface VendorPasswordOptions extends VendorOptions, UserPassword {}

/**
 * Tokens for one user whose password the program holds (RFC 6749 §4.3), renewed by refresh token (§6) where the vendor gives one.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function password(options: PasswordOptions): TokenCredential {
  return connect(ownMembers(options), resolveTokenEndpoint)
}

/**
 * `password` for vendor packages, which know where tokens are: a bundle has no discovery, key or revocation of it.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function vendorPassword(options: VendorPasswordOptions): TokenCredential {
  return connect(ownMembers(options), resolveVendorEndpoint)
}

function connect<Options extends GrantOptions & UserPassword>(
  own: Options,
  resolveEndpoint: (own: Options) => TokenEndpoint,
): TokenCredential {
  const endpoint = resolveEndpoint(own)
  requireText(PACKAGE_NAME, own, ['username'])
  requireSecret(PACKAGE_NAME, own, ['password'])
  return createGrantCredential(own, identityOf(endpoint, 'password', own.username), passwordGrant(endpoint, own))
}

export function passwordGrant(endpoint: TokenEndpoint, { username, password: secret }: UserPassword): TokenGrant {
  const readPassword = () => readSecretOption('password', secret)
  return {
    ...refreshingGrant(endpoint),
    async issue(context) {
      const text = await readPassword()
      const parameters = { username, password: text, ...scopeParameter(endpoint) }
      return requestTokens(endpoint, { grantType: 'password', parameters, secrets: [text] }, context)
    },
    async secrets() {
      return JSON.stringify([await endpoint.clientAuthentication.readSecret(), await readPassword()])
    },
  }
}
