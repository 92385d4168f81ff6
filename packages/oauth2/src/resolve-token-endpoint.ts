import { resolveClientAuthentication } from './client-key.ts'
import { pushWhereWanted } from './push-authorization-request.ts'
import { resolveResources } from './resource.ts'
import { revokeTokens } from './revoke-tokens.ts'
import { resolveEndpoints } from './server-endpoints.ts'
import type { OAuthOptions, TokenEndpoint } from './token-endpoint.ts'
import { resolveSettings } from './token-endpoint.ts'

/**
 * A token endpoint with all that any vendor may have beside it; `resolveVendorEndpoint` is the part that vendor packages pay for.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function resolveTokenEndpoint(options: Omit<OAuthOptions, 'origins'>): TokenEndpoint {
  const settings = resolveSettings(options)
  const endpoints = resolveEndpoints(options)
  const endpoint: TokenEndpoint = {
    ...settings,
    endpoints,
    clientAuthentication: resolveClientAuthentication(options, endpoints.audience),
    resources: resolveResources(options.resource),
    revoke: (tokens, context) => revokeTokens(endpoint, tokens, context),
    push: (parameters, context) => pushWhereWanted(endpoint, endpoints, parameters, context),
  }
  return endpoint
}
