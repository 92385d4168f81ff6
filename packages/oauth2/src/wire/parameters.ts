import { invalidOption } from '@valetkey/core/kit'
import type { OAuthOptions, ParameterTexts as Texts } from '../options.ts'
import { isHeaderName } from '../options.ts'

/** What a program adds to the requests to its authorization server, checked. */
export interface Additions {
  /** Of the token requests of a grant type; the same at each call. @throws CredentialError `invalid_option` */
  tokenParameters(grantType: string): Texts
  readonly authorizationParameters: Texts
  /** By names in lower case. */
  readonly tokenHeaders: Texts
}

/** Set by the grants, or able to replace what they set (RFC 6749, 7521, 7523, 7636, 8628, 8693, 8707). */
const OF_TOKEN_REQUESTS: ReadonlySet<string> = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'assertion',
  'code',
  'code_verifier',
  'redirect_uri',
  'refresh_token',
  'device_code',
  'username',
  'password',
  'scope',
  'resource',
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
])

/** Set by `beginSignIn()`, or able to replace what it sets (RFC 9101). */
export const OF_AUTHORIZATION_REQUESTS: ReadonlySet<string> = new Set([
  'response_type',
  'response_mode',
  'client_id',
  'client_secret',
  'redirect_uri',
  'scope',
  'resource',
  'state',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'request',
  'request_uri',
])

/** Set by every request, or said by the client's authentication or the connection (RFC 9110 §7.6.1, RFC 9449 §5). */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'dpop',
  'cookie',
  'content-type',
  'content-length',
  'content-encoding',
  'accept-encoding',
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/** RFC 9110 §5.5 without the tab: visible text, with spaces only inside; one byte a character. */
const HEADER_VALUE = /^[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/

type Options = Pick<OAuthOptions, 'tokenParameters' | 'authorizationParameters' | 'tokenHeaders'>

/** @throws CredentialError `invalid_option` */
export function resolveAdditions(vendor: string, options: Options): Additions {
  const { tokenParameters = {}, authorizationParameters = {}, tokenHeaders = {} } = options
  return {
    tokenParameters: resolveTokenParameters(vendor, tokenParameters),
    authorizationParameters: checkParameters(
      vendor,
      'authorizationParameters',
      authorizationParameters,
      OF_AUTHORIZATION_REQUESTS,
    ),
    tokenHeaders: checkHeaders(vendor, tokenHeaders),
  }
}

/** A function is called once for each grant type: its result is part of the store key. */
function resolveTokenParameters(
  vendor: string,
  option: NonNullable<OAuthOptions['tokenParameters']>,
): Additions['tokenParameters'] {
  const check = (given: unknown) => checkParameters(vendor, 'tokenParameters', given, OF_TOKEN_REQUESTS)
  if (typeof option !== 'function') {
    const parameters = check(option)
    return () => parameters
  }
  const known = new Map<string, Texts>()
  return (grantType) => {
    const parameters = known.get(grantType) ?? check(attempt(() => option(grantType)))
    known.set(grantType, parameters)
    return parameters
  }

  function attempt(ask: () => unknown): unknown {
    try {
      return ask()
    } catch {
      throw invalidOption(vendor, 'tokenParameters', 'threw an error')
    }
  }
}

/** A copy of own members: what the program changes later is not sent. */
function checkParameters(
  vendor: string,
  option: 'tokenParameters' | 'authorizationParameters',
  given: unknown,
  reserved: ReadonlySet<string>,
): Texts {
  const entries = textsOf(vendor, option, given)
  for (const [name] of entries) {
    if (name === '') throw invalidOption(vendor, option, 'must not hold a parameter without a name')
    if (reserved.has(name)) throw invalidOption(vendor, option, `must not hold "${name}"`)
  }
  return Object.freeze(Object.fromEntries(entries))
}

function checkHeaders(vendor: string, given: unknown): Texts {
  const headers = new Map<string, string>()
  for (const [name, value] of textsOf(vendor, 'tokenHeaders', given)) {
    const problem = headerProblem(name.toLowerCase(), value, headers)
    if (problem !== undefined) throw invalidOption(vendor, 'tokenHeaders', problem)
    headers.set(name.toLowerCase(), value)
  }
  return Object.freeze(Object.fromEntries(headers))
}

/** A value may be a secret, and is not shown. */
function headerProblem(name: string, value: string, others: ReadonlyMap<string, string>): string | undefined {
  if (!isHeaderName(name)) return 'must hold valid header names'
  if (RESERVED_HEADERS.has(name)) return `must not hold "${name}"`
  if (others.has(name)) return `must hold "${name}" once`
  if (!HEADER_VALUE.test(value)) return `holds characters in "${name}" that no header can carry`
  return undefined
}

/** A Map, `Headers` or `URLSearchParams` has no own members and would add nothing. */
function textsOf(vendor: string, option: string, given: unknown): [string, string][] {
  if (typeof given !== 'object' || given === null || Symbol.iterator in given || 'then' in given) {
    throw invalidOption(vendor, option, 'must be an object of names and strings')
  }
  return Object.entries(given).map(([name, value]) => {
    if (typeof value === 'string' && value !== '') return [name, value]
    throw invalidOption(vendor, option, 'must hold non-empty strings')
  })
}

/** How a person is asked, not for what (OpenID Connect Core §3.1.2.1; Google's access_type and include_granted_scopes). */
const OF_THE_DIALOGUE: ReadonlySet<string> = new Set([
  'display',
  'prompt',
  'max_age',
  'ui_locales',
  'claims_locales',
  'login_hint',
  'access_type',
  'include_granted_scopes',
])

/** What of the token requests is part of a credential's identity; nothing where a program adds nothing. */
export function identityOfTokens({ tokenParameters }: Additions, grantTypes: readonly string[]): readonly string[] {
  const added = grantTypes.map((type) => [type, sortedEntries(tokenParameters(type))] as const)
  const given = added.filter(([, entries]) => entries.length > 0)
  return given.length === 0 ? [] : ['token_parameters', JSON.stringify(given)]
}

/** The same for the authorization request, except parameters that only affect the dialog. */
export function identityOfAuthorization({ authorizationParameters }: Additions): readonly string[] {
  const given = sortedEntries(authorizationParameters).filter(([name]) => !OF_THE_DIALOGUE.has(name))
  return given.length === 0 ? [] : ['authorization_parameters', JSON.stringify(given)]
}

function sortedEntries(texts: Texts): [string, string][] {
  return Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1))
}
