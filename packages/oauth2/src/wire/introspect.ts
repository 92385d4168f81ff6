import type { GrantContext, JwtClaims } from '@valetkey/core'
import type { OptionNames } from '@valetkey/core/kit'
import { knownOptions, ownerOf, ownMembers, WAIT_OPTIONS } from '@valetkey/core/kit'
import type { TokenEndpoint } from '../endpoint.ts'
import { resolveTokenEndpoint } from '../endpoint.ts'
import type { AuthorizationCodeOptions } from '../grants/authorization-code.ts'
import type { CustomGrantOptions } from '../grants/custom.ts'
import type { JwtBearerOptions } from '../grants/jwt-bearer.ts'
import type { PasswordOptions } from '../grants/password.ts'
import type { TokenExchangeOptions } from '../grants/token-exchange.ts'
import type { OAuthOptions } from '../options.ts'
import { OAUTH_OPTIONS, requireUrlOption } from '../options.ts'
import { requestSignIn } from '../sign-in/errors.ts'
import { unusable } from './refusal.ts'
import { requestServer } from './request.ts'

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
    | 'tokenHeaders'
    | 'fetch'
    | 'clock'
    | 'allowInsecureRequests'
  > {}

/** Those of every grant. */
const ANY_GRANT: OptionNames<
  AuthorizationCodeOptions &
    PasswordOptions &
    JwtBearerOptions &
    TokenExchangeOptions &
    Omit<CustomGrantOptions, 'parameters'>
> = {
  ...OAUTH_OPTIONS,
  redirectUri: true,
  pkce: true,
  username: true,
  password: true,
  assertion: true,
  subjectToken: true,
  subjectTokenType: true,
  actorToken: true,
  actorTokenType: true,
  requestedTokenType: true,
  audience: true,
  grantType: true,
  secrets: true,
  parametersIn: true,
  refresh: true,
}

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
 * Asks the authorization server about one token, with a request each time.
 *
 * @throws CredentialError `client_rejected`, `token_unavailable`, `timeout`; `signal.reason`
 */
export type IntrospectToken = (
  token: string,
  options?: { readonly signal?: AbortSignal | null | undefined },
) => Promise<Introspection>

/**
 * For programs that receive tokens of others, or hold an opaque token (RFC 7662). Make it once: it remembers the endpoint
 * that it discovered.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function createTokenIntrospector(options: IntrospectionOptions): IntrospectToken {
  const own = knownOptions(ownerOf(options, '@valetkey/oauth2'), options, ANY_GRANT)
  if (own.issuer === undefined) requireUrlOption(own.vendor, own, 'introspectionUrl')
  const endpoint = resolveTokenEndpoint(ownMembers({ ...own, tokenUrl: own.tokenUrl ?? own.introspectionUrl }))
  const of = { vendor: own.vendor, account: 'default' }
  return async (token, asking = {}) => {
    const { signal } = knownOptions(own.vendor, asking, WAIT_OPTIONS)
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
