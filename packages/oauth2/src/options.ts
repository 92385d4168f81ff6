import type { CredentialOptions, TokenCredentialDefinition } from '@valetkey/core'
import type { InsecureHosts, OptionNames, Secret } from '@valetkey/core/kit'
import {
  CREDENTIAL_OPTIONS,
  insecureUrl,
  invalidOption,
  isSecureEnough,
  ownMembers,
  requireInsecureHosts,
  requireText,
} from '@valetkey/core/kit'
import type { DpopOptions } from './dpop.ts'
import type { ClientKeyOption } from './wire/client-auth.ts'

/** How the vendor's API takes a token, and how it says that it refuses one. */
export type ApiDialect = Pick<TokenCredentialDefinition, 'place' | 'carries' | 'refuses'>

/** What every grant takes: the vendor's data, its endpoints, its dialects, and the options of every credential. */
export interface OAuthOptions extends CredentialOptions, EndpointOptions, TokenEndpointDialect, ApiDialect {
  /** Name of the vendor; part of the store key and of every error. @example 'acme' */
  readonly vendor: string
  /** The origins (`https://api.example.com`) that the credential may be sent to, or patterns of them (`https://*.example.com`: exactly one label). */
  readonly origins: readonly string[]
  /** The client id that the vendor gave the program. @example 'boat-app' */
  readonly clientId: string
  /** The client secret, or a function that reads it for each token request. @example () => readFromVault('acme') */
  readonly clientSecret?: Secret | undefined
  /** For `private_key_jwt`. A function is called for each request. */
  readonly clientKey?: ClientKeyOption | undefined
  /** The scopes to ask for. @default none: the vendor decides @example ['boats:read', 'offline_access'] */
  readonly scopes?: readonly string[] | undefined
  /**
   * The API, or APIs, that the token is for (RFC 8707), by the URIs that the vendor names; part of the store key.
   * @example 'https://api.example.com/'
   */
  readonly resource?: string | readonly string[] | undefined
  /**
   * Further parameters of each token request, e.g. `{ audience: 'https://api.example.com/' }`; none that this package sets itself.
   * A function gives those of a grant type (`'client_credentials'`, `'refresh_token'`, …), and is asked once for each. Part of the
   * store key, which shows them: no secrets. @default {}
   */
  readonly tokenParameters?: ParameterTexts | ((grantType: string) => ParameterTexts) | undefined
  /**
   * Further parameters of each authorization request, including a device's, e.g. `{ audience: … }`; none that this package sets
   * itself. `extra` of one `beginSignIn()` overrides them. With a sign-in they are part of the store key, except those that only
   * affect the dialog: `prompt`, `display`, `max_age`, `login_hint`, `ui_locales`, `claims_locales`, `access_type`,
   * `include_granted_scopes`. @default {}
   */
  readonly authorizationParameters?: ParameterTexts | undefined
  /**
   * Further headers of each request to the authorization server, e.g. `{ 'user-agent': 'linux:boats:v1' }`; none of the client's
   * authentication, the body or the connection. Not part of the store key. @default {}
   */
  readonly tokenHeaders?: Readonly<Record<string, string>> | undefined
  /**
   * Tokens that are bound to a key (DPoP, RFC 9449), for vendors that require or offer it: every token request and every request to
   * the API carries a proof of the key, and an answer with a Bearer token is an error. Part of the store key. @default false
   */
  readonly dpop?: boolean | DpopOptions | undefined
  /**
   * The customer, at a vendor that gives each customer a separate host; part of the store key, so that no other customer's token is used.
   * @example 'harbour-42'
   */
  readonly tenant?: string | undefined
  /** How long tokens live, as far as the vendor says it; `keepWarm` of `@valetkey/core/keep-warm` goes by it, and checks it. */
  readonly lifetimes?: Lifetimes | undefined
}

/** What a vendor states about its tokens. Not needed to use them. */
export interface Lifetimes {
  /** Of an access token, in seconds; `'endless'` where it ends by a refusal only. */
  readonly accessToken?: number | 'endless'
  /** Of a refresh token from its own beginning, in seconds; `'none'`: the vendor gives none. */
  readonly refreshToken?: number | 'endless' | 'none'
  /** Seconds without use after which a refresh token ends. */
  readonly idle?: number
  /** Whether each refresh gives another refresh token, and the one that was used ends. */
  readonly rotates?: boolean
  /** Seconds for which a refresh token that was used may be used again. */
  readonly grace?: number
}

/** The same where a client may be left out (RFC 7523 §3.1, RFC 8693 §2.1): without `clientId` none is named or authenticated. */
export interface ClientlessOptions extends Omit<OAuthOptions, 'clientId'> {
  /** The client id that the vendor gave the program. @example 'boat-app' */
  readonly clientId?: string | undefined
}

/** Names and values, neither empty. */
export type ParameterTexts = Readonly<Record<string, string>>

/** Where the authorization server is: by hand, or by its issuer's discovery document; what is given by hand counts. */
export interface EndpointOptions {
  /**
   * The server's name, an https URL. Endpoints that are not given are looked up in its discovery document (RFC 8414, OpenID).
   * @example 'https://login.example.com'
   */
  readonly issuer?: string | undefined
  /** Required without `issuer`. https; http for the hosts that `allowInsecureRequests` permits. The same for the other URLs. */
  readonly tokenUrl?: string | undefined
  /** Where people sign in (RFC 6749 §3.1). @example 'https://login.example.com/oauth/authorize' */
  readonly authorizationUrl?: string | undefined
  /** Where sign-out ends tokens (RFC 7009). @example 'https://login.example.com/oauth/revoke' */
  readonly revocationUrl?: string | undefined
  /** Where a device asks for a code (RFC 8628 §3.1). @example 'https://login.example.com/oauth/device' */
  readonly deviceAuthorizationUrl?: string | undefined
  /** Where `introspect()` asks about a token (RFC 7662). @example 'https://login.example.com/oauth/introspect' */
  readonly introspectionUrl?: string | undefined
  /**
   * Where authorization requests go before the user does (RFC 9126); when it is given, or the issuer requires it.
   * @example 'https://login.example.com/oauth/par'
   */
  readonly pushedAuthorizationRequestUrl?: string | undefined
}

export type EndpointName = Exclude<keyof EndpointOptions, 'issuer'>

/** What differs between vendors' token endpoints: data, or one pure function. */
export interface TokenEndpointDialect {
  /** How the body of a token request is written. @default 'form' (RFC 6749 §4.4.2) */
  readonly encoding?: 'form' | 'json' | undefined
  /**
   * Where the client id and secret go: an Authorization header, the parameters, or no secret at all (RFC 6749 §2.3.1); or an
   * assertion signed with `clientKey` (RFC 7523 §2.2). `'client_secret_basic'` without the member `clientSecret` sends an empty
   * secret, where the vendor documents that.
   * @default 'client_secret_basic' with a `clientSecret`, 'private_key_jwt' with a `clientKey` only, 'none' without both
   */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post' | 'none' | 'private_key_jwt' | undefined
  /**
   * Only with `client_secret_basic`: whether id and secret are form-encoded before Base64, as RFC 6749 §2.3.1 says, or taken
   * as they are, as many vendors document it. The same for letters, digits and `*-._`. @default 'form-urlencoded'
   */
  readonly basicEncoding?: 'form-urlencoded' | 'plain' | undefined
  /** `'array'` makes a JSON array of the scopes; it needs `encoding: 'json'`. @default 'string' (space-separated) */
  readonly scopeFormat?: 'string' | 'array' | 'omit' | undefined
  /** What stands between scopes, in requests and in answers: `','` at Slack, Strava and Shopify. @default ' ' (RFC 6749 §3.3) */
  readonly scopeSeparator?: ' ' | ',' | undefined
  /**
   * Where the parameters go. `'query'` puts secrets into the vendor's logs: only where a vendor accepts nothing else. Not with
   * `encoding: 'json'`. @default 'body'
   */
  readonly parameters?: 'body' | 'query' | undefined
  /**
   * Headers of a 429 with the time to try again, read after `Retry-After`; in seconds, as Unix time (s or ms), or as an
   * ISO 8601 date. @default []
   */
  readonly retryAfterHeaders?: readonly string[] | undefined
  /**
   * Rewrites the vendor's answer into the standard one (RFC 6749 §5.1, §5.2) before it is judged: envelopes, other member names,
   * a wrong status. Not asked about redirects. Must not throw. @default the answer as it is
   */
  readonly normalize?: ((answer: TokenEndpointAnswer) => StandardAnswer) | undefined
}

/** What came back from the token endpoint. */
export interface TokenEndpointAnswer {
  /** `grant_type` of the request, e.g. `'refresh_token'`. */
  readonly grantType: string
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON, with any content type; the text itself when it is not JSON. Read it with `asRecord`. */
  readonly body: unknown
}

/** An answer in the words of RFC 6749: `access_token` … with a 2xx status, `error` and `error_description` with any. */
export interface StandardAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** The options that say how a vendor's token endpoint and API are spoken to. */
export const DIALECT: OptionNames<TokenEndpointDialect & ApiDialect> = {
  encoding: true,
  clientAuthentication: true,
  basicEncoding: true,
  scopeFormat: true,
  scopeSeparator: true,
  parameters: true,
  retryAfterHeaders: true,
  normalize: true,
  place: true,
  carries: true,
  refuses: true,
}

/** For the `knownOptions` of a grant. */
export const OAUTH_OPTIONS: OptionNames<OAuthOptions> = {
  ...CREDENTIAL_OPTIONS,
  vendor: true,
  origins: true,
  clientId: true,
  clientSecret: true,
  clientKey: true,
  scopes: true,
  resource: true,
  tenant: true,
  issuer: true,
  tokenUrl: true,
  authorizationUrl: true,
  revocationUrl: true,
  deviceAuthorizationUrl: true,
  introspectionUrl: true,
  pushedAuthorizationRequestUrl: true,
  ...DIALECT,
  tokenParameters: true,
  authorizationParameters: true,
  tokenHeaders: true,
  lifetimes: true,
  dpop: true,
}

/** A dialect with its defaults, except client authentication, which has a separate file. */
export interface ResolvedDialect {
  readonly encoding: 'form' | 'json'
  readonly scopeFormat: 'string' | 'array' | 'omit'
  readonly scopeSeparator: ' ' | ','
  readonly parameters: 'body' | 'query'
  readonly retryAfterHeaders: readonly string[]
  readonly normalize: (answer: TokenEndpointAnswer) => StandardAnswer | TokenEndpointAnswer
}

export function resolveDialect(vendor: string, options: TokenEndpointDialect): ResolvedDialect {
  const { retryAfterHeaders = [], normalize = (answer: TokenEndpointAnswer) => answer } = options
  if (!Array.isArray(retryAfterHeaders) || !retryAfterHeaders.every(isHeaderName)) {
    throw invalidOption(vendor, 'retryAfterHeaders', 'must be an array of header names')
  }
  if (typeof normalize !== 'function') throw invalidOption(vendor, 'normalize', 'must be a function', normalize)
  const encoding = choose(vendor, 'encoding', options.encoding ?? 'form', ['form', 'json'])
  const scopeFormat = choose(vendor, 'scopeFormat', options.scopeFormat ?? 'string', ['string', 'array', 'omit'])
  const scopeSeparator = choose(vendor, 'scopeSeparator', options.scopeSeparator ?? ' ', [' ', ','])
  const parameters = choose(vendor, 'parameters', options.parameters ?? 'body', ['body', 'query'])
  if (encoding === 'json' && parameters === 'query')
    throw invalidOption(vendor, 'encoding', `must not be 'json' with "parameters": 'query', which has no body`)
  if (encoding === 'form' && scopeFormat === 'array')
    throw invalidOption(vendor, 'scopeFormat', `must not be 'array' without "encoding": 'json': a form has no arrays`)
  return { encoding, scopeFormat, scopeSeparator, parameters, retryAfterHeaders, normalize }
}

export function choose<T extends string>(vendor: string, option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === value)
  if (choice !== undefined) return choice
  throw invalidOption(vendor, option, `must be one of ${choices.map((each) => `'${each}'`).join(', ')}`)
}

/** RFC 9110 §5.6.2; `Headers` throws on anything else. */
export function isHeaderName(name: unknown): boolean {
  return typeof name === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)
}

/**
 * The URL in option `name`; undefined when the option is absent. Vendor packages check their overrides with it.
 *
 * @throws CredentialError `invalid_option`: no absolute URL, or one with a user name or password.
 * @throws CredentialError `insecure_url`: not https, and not http to a host that `allowInsecureRequests` permits.
 */
export function parseUrlOption<Name extends string>(
  owner: string,
  options: { readonly [name in Name]?: unknown } & { readonly allowInsecureRequests?: InsecureHosts | undefined },
  name: Name,
): URL | undefined {
  const value: unknown = Object.hasOwn(options, name) ? options[name] : undefined
  if (value === undefined) return undefined
  const { allowInsecureRequests } = ownMembers(options)
  requireInsecureHosts(owner, allowInsecureRequests)
  const url = parseHttpUrl(value)
  if (!url) throw invalidOption(owner, name, 'must be an absolute https URL')
  if (url.username || url.password) throw invalidOption(owner, name, 'must not hold a user name or password')
  if (isSecureEnough(url, allowInsecureRequests)) return url
  throw insecureUrl(owner, name, url)
}

/** `parseUrlOption` for an option that has to be there. @throws CredentialError `invalid_option`, `insecure_url` */
export function requireUrlOption<Name extends string>(
  owner: string,
  options: { readonly [name in Name]?: unknown } & { readonly allowInsecureRequests?: InsecureHosts | undefined },
  name: Name,
): URL {
  requireText(owner, options, [name])
  const url = parseUrlOption(owner, options, name)
  if (url) return url
  throw invalidOption(owner, name, 'is required')
}

export function parseHttpUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string') return undefined
  try {
    const url = new URL(value)
    return /^https?:$/.test(url.protocol) ? url : undefined
  } catch {
    return undefined
  }
}

/** The APIs that a token is for, each once, sorted. @throws CredentialError `invalid_option` */
export function resolveResources(vendor: string, resource: string | readonly string[] = []): readonly string[] {
  const resources: unknown = typeof resource === 'string' ? [resource] : resource
  if (Array.isArray(resources) && resources.every(isResource)) return [...new Set(resources)].sort()
  throw invalidOption(vendor, 'resource', 'must be an absolute URI without a fragment, or an array of them')
}

/** RFC 8707 §2. */
function isResource(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && !value.includes('#')
}

/** As parameters of a request: one for each, under the same name. */
export function resourceParameters({ resources }: { readonly resources: readonly string[] }): [string, string][] {
  return resources.map((resource) => ['resource', resource])
}

/** @throws CredentialError `invalid_option` */
export function requireScopes(vendor: string, scopes: unknown, option = 'scopes'): void {
  if (Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string' && /^\S+$/.test(scope))) return
  throw invalidOption(
    vendor,
    option,
    'must be an array of strings without spaces',
    ...(Array.isArray(scopes) ? [] : [scopes]),
  )
}
