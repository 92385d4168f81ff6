import type { TokenCredential, TokenGrant } from '@valetkey/core'
import type { Factory } from '@valetkey/core/kit'
import { createFactory, requireSecret } from '@valetkey/core/kit'
import type { TokenEndpoint } from '../endpoint.ts'
import { baseGrant, createGrantCredential, identityOf, resolveTokenEndpoint, scopeParameter } from '../endpoint.ts'
import type { OAuthOptions } from '../options.ts'
import { OAUTH_OPTIONS } from '../options.ts'
import type { Resources } from '../resources.ts'
import { withSeparateResources } from '../resources.ts'
import { requestTokens } from '../wire/request.ts'

/**
 * Tokens for the program itself (RFC 6749 §4.4). `clientSecret` or `clientKey` is required unless `clientAuthentication` is `'none'`.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const clientCredentials: Factory<OAuthOptions, TokenCredential & Resources> = /* @__PURE__ */ createFactory(
  '@valetkey/oauth2',
  OAUTH_OPTIONS,
  createClientCredentials,
)

function createClientCredentials(own: OAuthOptions): TokenCredential & Resources {
  const endpoint = resolveTokenEndpoint(own)
  const isPublicByOmission = endpoint.clientAuthentication.method === 'none' && own.clientAuthentication === undefined
  if (isPublicByOmission) requireSecret(own.vendor, own, ['clientSecret'])
  const identity = identityOf(endpoint, 'client_credentials')
  const credential = createGrantCredential(own, endpoint, identity, clientCredentialsGrant(endpoint))
  return withSeparateResources(credential, own, endpoint, clientCredentials)
}

/** A refresh token in the answer is dropped: RFC 6749 §4.4.3 has none, and a new token request costs the same. */
export function clientCredentialsGrant(endpoint: TokenEndpoint): TokenGrant {
  return {
    ...baseGrant(endpoint),
    async acquire(context) {
      const request = { grantType: 'client_credentials', parameters: scopeParameter(endpoint), secrets: [] }
      const tokens = await requestTokens(endpoint, request, context)
      return { ...tokens, refreshToken: undefined, refreshExpiresIn: undefined }
    },
  }
}
