import type { GrantContext, JwtClaims } from '@valetkey/core'
import { unusable } from './failures.ts'
import { ownMembers } from './own-members.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { requestSignIn } from './request-sign-in.ts'
import { resolveTokenEndpoint } from './resolve-token-endpoint.ts'
import { requestServer } from './server-request.ts'
import type { OAuthOptions, TokenEndpoint } from './token-endpoint.ts'
import { requireUrlOption } from './url-option.ts'

/** Who asks, and where; `issuer` or `introspectionUrl` is required. A credential's own options will do. */
export interface IntrospectionOptions
  extends Pick<
    OAuthOptions,
    | 'vendor'
    | 'issuer'
    | 'introspectionUrl'
    | 'tokenUrl'
    | 'clientId'
    | 'clientSecret'
    | 'clientKey'
    | 'clientAuthentication'
    | 'basicEncoding'
    | 'retryAfterHeaders'
    | 'fetch'
    | 'clock'
    | 'allowInsecureRequests'
  > {}

/** What the server says about a token, by its names (RFC 7662 §2.2); only `active` has been checked. */
export interface Introspection extends JwtClaims {
  /** False: expired, revoked or unknown; then there is nothing else. */
  readonly active: boolean
  readonly scope?: string
  readonly client_id?: string
  readonly username?: string
  readonly token_type?: string
}

/**
 * Asks the authorization server about one token, each time anew.
 *
 * @throws CredentialError `client_rejected`, `token_unavailable`, `timeout`; `signal.reason`
 */
export type IntrospectToken = (
  token: string,
  options?: { readonly signal?: AbortSignal | null | undefined },
) => Promise<Introspection>

/**
 * For programs that are shown tokens of others, or hold one that is no JWT (RFC 7662). Make it once: it remembers the endpoint
 * that it found by the issuer.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function createTokenIntrospector(options: IntrospectionOptions): IntrospectToken {
  const own = ownMembers(options)
  if (own.issuer === undefined) requireUrlOption(PACKAGE_NAME, own, 'introspectionUrl')
  const endpoint = resolveTokenEndpoint({ ...own, tokenUrl: own.tokenUrl ?? own.introspectionUrl })
  const of = { vendor: own.vendor, account: 'default' }
  return async (token, { signal } = {}) => {
    // No server issues it, and a request without a token is an error.
    if (token === '') return { active: false }
    return requestSignIn(own, of, (context) => introspect(endpoint, token, context), signal)
  }
}

async function introspect(endpoint: TokenEndpoint, token: string, context: GrantContext): Promise<Introspection> {
  const post = { to: 'introspectionUrl', parameters: [['token', token]], secrets: [token] } as const
  const { active, ...rest } = await requestServer(endpoint, post, context)
  if (active === true) return { ...rest, active }
  if (active === false) return { active }
  throw unusable('the answer does not say whether it is active')
}
