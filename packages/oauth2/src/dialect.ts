import { invalidOption } from '@valetkey/core'
import { PACKAGE_NAME } from './package-name.ts'

/** What differs between vendors' token endpoints: data, or one pure function. */
export interface TokenEndpointDialect {
  /** How the body of a token request is written. @default 'form' (RFC 6749 §4.4.2) */
  readonly encoding?: 'form' | 'json' | undefined
  /**
   * Where the client id and secret go: an Authorization header, the parameters, or no secret at all (RFC 6749 §2.3.1); or an
   * assertion signed with `clientKey` (RFC 7523 §2.2).
   * @default 'client_secret_basic' with a `clientSecret`, 'private_key_jwt' with a `clientKey` only, 'none' without both
   */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post' | 'none' | 'private_key_jwt' | undefined
  /**
   * With `client_secret_basic`: whether id and secret are form-encoded before Base64, as RFC 6749 §2.3.1 says, or taken
   * as they are, as many vendors document it. The same for letters, digits and `*-._`. @default 'form-urlencoded'
   */
  readonly basicEncoding?: 'form-urlencoded' | 'plain' | undefined
  /** `'array'` makes a JSON array of the scopes; a form has no arrays and gets the string all the same. @default 'string' (space-separated) */
  readonly scopeFormat?: 'string' | 'array' | 'omit' | undefined
  /** Where the parameters go. `'query'` puts secrets into the vendor's logs: only where a vendor accepts nothing else. @default 'body' */
  readonly parameters?: 'body' | 'query' | undefined
  /**
   * Headers that say on a 429 when to come back, beside `Retry-After` and after it; in seconds, as Unix time (s or ms), or as an
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
  /** Parsed JSON, whatever the content type says; the text itself when it is not JSON. Read it with `asRecord`. */
  readonly body: unknown
}

/** An answer in the words of RFC 6749: `access_token` … with a 2xx status, `error` and `error_description` with any. */
export interface StandardAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** A dialect with its defaults, except client authentication, which has a file of its own. */
export interface ResolvedDialect {
  readonly encoding: 'form' | 'json'
  readonly scopeFormat: 'string' | 'array' | 'omit'
  readonly parameters: 'body' | 'query'
  readonly retryAfterHeaders: readonly string[]
  readonly normalize: (answer: TokenEndpointAnswer) => StandardAnswer | TokenEndpointAnswer
}

export function resolveDialect(options: TokenEndpointDialect): ResolvedDialect {
  const { retryAfterHeaders = [], normalize = (answer: TokenEndpointAnswer) => answer } = options
  if (!Array.isArray(retryAfterHeaders) || !retryAfterHeaders.every(isHeaderName)) {
    throw invalidOption(PACKAGE_NAME, 'retryAfterHeaders', 'must be an array of header names')
  }
  if (typeof normalize !== 'function') throw invalidOption(PACKAGE_NAME, 'normalize', 'must be a function')
  return {
    encoding: choose('encoding', options.encoding ?? 'form', ['form', 'json']),
    scopeFormat: choose('scopeFormat', options.scopeFormat ?? 'string', ['string', 'array', 'omit']),
    parameters: choose('parameters', options.parameters ?? 'body', ['body', 'query']),
    retryAfterHeaders,
    normalize,
  }
}

export function choose<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === value)
  if (choice !== undefined) return choice
  throw invalidOption(PACKAGE_NAME, option, `must be one of ${choices.map((each) => `'${each}'`).join(', ')}`)
}

/** RFC 9110 §5.6.2; `Headers` throws on anything else. */
function isHeaderName(name: unknown): boolean {
  return typeof name === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)
}
