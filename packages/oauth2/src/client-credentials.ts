import type { TokenCredential, TokenGrant } from '@valetkey/core'
import { requireSecret } from '@valetkey/core'
import { baseGrant } from './base-grant.ts'
import { createGrantCredential } from './grant-credential.ts'
import { ownMembers } from './own-members.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { resolveTokenEndpoint } from './resolve-token-endpoint.ts'
import type { GrantOptions, OAuthOptions, TokenEndpoint, VendorOptions } from './token-endpoint.ts'
import { identityOf, resolveVendorEndpoint, scopeParameter } from './token-endpoint.ts'
import { requestTokens } from './token-request.ts'

/**
 * Tokens for the program itself (RFC 6749 §4.4). `clientSecret` or `clientKey` is required unless `clientAuthentication` is `'none'`.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function clientCredentials(options: OAuthOptions): TokenCredential {
  return connect(ownMembers(options), resolveTokenEndpoint)
}

/**
 * `clientCredentials` for vendor packages, which know where tokens are: a bundle has no discovery, key or revocation of it.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function vendorClientCredentials(options: VendorOptions): TokenCredential {
  return connect(ownMembers(options), resolveVendorEndpoint)
}

function connect<Options extends GrantOptions>(
  own: Options,
  resolveEndpoint: (own: Options) => TokenEndpoint,
): TokenCredential {
  const endpoint = resolveEndpoint(own)
  const isPublicByOmission = endpoint.clientAuthentication.method === 'none' && own.clientAuthentication === undefined
  if (isPublicByOmission) requireSecret(PACKAGE_NAME, own, ['clientSecret'])
  return createGrantCredential(own, identityOf(endpoint, 'client_credentials'), clientCredentialsGrant(endpoint))
}

/** A refresh token in the answer is dropped: RFC 6749 §4.4.3 has none, and asking anew costs the same. */
export function clientCredentialsGrant(endpoint: TokenEndpoint): TokenGrant {
  return {
    ...baseGrant(endpoint),
    async issue(context) {
      const request = { grantType: 'client_credentials', parameters: scopeParameter(endpoint), secrets: [] }
      const tokens = await requestTokens(endpoint, request, context)
      return { ...tokens, refreshToken: undefined, refreshExpiresIn: undefined }
    },
  }
}
