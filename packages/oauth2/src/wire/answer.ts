import type { TokenSet } from '@valetkey/core'
import { GrantError } from '@valetkey/core'
import { isGrantError, onAbort, ownMembers, throwIfAborted } from '@valetkey/core/kit'
import { networkFailure, UNIX_SECONDS_FROM, unixMs, unusable } from './refusal.ts'

/** A token answer is a few kB; this bounds what a broken or hostile endpoint can make us hold, after decompression. */
const MAX_ANSWER_BYTES = 1024 * 1024

/** The answer's JSON, with any content type; its text when it is not JSON. @throws GrantError `unavailable` */
export async function readAnswer(response: Response, signal: AbortSignal): Promise<unknown> {
  if (response.body === null) return ''
  const reader = readerOf(response)
  const cancel = () => void reader?.cancel().catch(() => undefined)
  const leave = onAbort(signal, cancel)
  try {
    const text = await (reader ? collectText(reader) : wholeText(response))
    throwIfAborted(signal)
    return parseJson(text)
  } catch (error) {
    cancel()
    const failure = isGrantError(error)
      ? error.failure
      : networkFailure(error, 'the answer of the authorization server broke off')
    throw new GrantError({ ...failure, sent: true, status: response.status })
  } finally {
    leave()
  }
}

/** React Native's answers have no `body`, node-fetch's another kind of stream. */
function readerOf({ body }: Partial<Response>): ReadableStreamDefaultReader<Uint8Array> | undefined {
  return body && 'getReader' in body ? body.getReader() : undefined
}

/** Where the platform shows an answer only as a whole, what is too large is found late unless the server says so. */
async function wholeText(response: Response): Promise<string> {
  const isTooLarge = Number(response.headers.get('content-length') ?? 0) > MAX_ANSWER_BYTES
  const text = isTooLarge ? '' : await response.text()
  if (isTooLarge || text.length > MAX_ANSWER_BYTES) throw tooLarge()
  return text
}

async function collectText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value.byteLength
    if (bytes > MAX_ANSWER_BYTES) throw tooLarge()
    text += decoder.decode(chunk.value, { stream: true })
  }
  return text + decoder.decode()
}

function tooLarge(): GrantError {
  return unusable('the answer is larger than 1 MiB')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Headers above 16 KB are refused by most servers; no vendor's token comes near it. */
const MAX_TOKEN_CHARACTERS = 16 * 1024

/** What a lifetime is cut to: longer ones mean "never", or are nonsense. */
const MAX_LIFETIME_SECONDS = 365 * 24 * 60 * 60

/** Further members are stored with the tokens; one above this is dropped rather than carried along for ever. */
const MAX_EXTRA_CHARACTERS = 16 * 1024

/** Members that are kept separately, or that must not be kept. */
const STANDARD_MEMBERS: ReadonlySet<string> = new Set([
  '__proto__',
  'access_token',
  'token_type',
  'expires_in',
  'expires_at',
  'refresh_token',
  'refresh_expires_in',
  'refresh_token_expires_in',
  'refresh_token_expires_at',
  'scope',
  'id_token',
])

type Answer = Readonly<Record<string, unknown>>

/**
 * The tokens of a successful answer (RFC 6749 §5.1). A lifetime that makes no sense costs the lifetime, never the token.
 *
 * @param now Unix ms
 * @param wantsBound whether the token has to be bound to a key by DPoP
 * @throws GrantError `unavailable`, or `client_rejected` where the token is not bound as it has to be; its text never quotes the answer
 */
export function readTokenSet(
  body: Answer,
  secrets: readonly string[],
  now: number,
  scopeSeparator = ' ',
  wantsBound = false,
): TokenSet {
  const accessToken = readToken(body, 'access_token', /^[\x21-\x7e]+$/)
  if (accessToken === undefined) throw unusable('the answer holds no access_token')
  if (wantsBound) requireBound(body.token_type)
  else requireBearer(body.token_type)
  const refreshToken = readToken(body, 'refresh_token', REFRESH_TOKEN)
  const known = [accessToken, refreshToken, ...secrets].filter((secret) => secret !== undefined)
  return {
    accessToken,
    tokenType: wantsBound ? 'DPoP' : 'Bearer',
    expiresIn: readLifetime(body.expires_in) ?? untilTime(body.expires_at, now),
    refreshToken,
    refreshExpiresIn: readRefreshLifetime(body, now),
    scopes: readScopes(body.scope, scopeSeparator),
    extra: readExtra(body, known),
  }
}

/** RFC 6749 appendix A.17: a refresh token may hold spaces. */
const REFRESH_TOKEN = /^[\x20-\x7e]+$/

/** An access token goes into a header. Null and the empty text are how some vendors write "none". */
function readToken(body: Answer, name: 'access_token' | 'refresh_token', characters: RegExp): string | undefined {
  const token = body[name]
  if (token === undefined || token === null || token === '') return undefined
  if (typeof token !== 'string') throw unusable(`${name} is not a string`)
  if (token.length > MAX_TOKEN_CHARACTERS) throw unusable(`${name} is longer than 16 KB`)
  if (!characters.test(token)) throw unusable(`${name} holds characters that no header can carry`)
  return token
}

/** As their standards write them: RFC 9449 §5, the drafts of MAC tokens (draft-ietf-oauth-v2-http-mac) and of RFC 7800's PoP. */
const BOUND_TO_A_KEY = /^(?:dpop|mac|pop)$/i

/**
 * Vendors write many words for a token that is sent as Bearer: `token`, `user`, `bot`, `access_token`. One that is bound to a key
 * needs a proof with every request: it would only be refused later.
 */
function requireBearer(type: unknown): void {
  const bound = typeof type === 'string' ? BOUND_TO_A_KEY.exec(type.trim())?.[0] : undefined
  if (bound === undefined) return
  throw unusable(
    `token_type is ${bound}: the token is bound to a key, and no proof of the key is sent; use "dpop", or ask for a Bearer token`,
  )
}

/** Whether a `token_type` says that the token is bound to a key by DPoP; case does not count (RFC 6749 §5.1). */
export function isBound(tokenType: unknown): boolean {
  return typeof tokenType === 'string' && /^\s*dpop\s*$/i.test(tokenType)
}

/** A server that does not know DPoP, or was not told to use it for this client, ignores the proof. A program that asked for bound tokens gets no other ones. */
function requireBound(type: unknown): void {
  if (isBound(type)) return
  const description =
    'the server gave a Bearer token although "dpop" asks for one that is bound to a key: switch DPoP on for this client, or leave out "dpop"'
  throw new GrantError({ kind: 'client_rejected', sent: true, description })
}

/**
 * What is left of an answer that cannot be used otherwise: its new refresh token. The one that was sent has been spent.
 *
 * @param standard the answer in the words of RFC 6749, as far as the dialect could tell
 * @param body the answer itself, where a refresh token counts if there is only one, at any depth
 */
export function readRotation(
  standard: Answer,
  body: unknown,
  now: number,
): Pick<TokenSet, 'refreshToken' | 'refreshExpiresIn'> {
  const { refresh_token: token } = standard
  if (isRefreshToken(token)) return { refreshToken: token, refreshExpiresIn: readRefreshLifetime(standard, now) }
  const [sole, second] = refreshTokensIn(body)
  return second === undefined && sole !== undefined ? { refreshToken: sole } : {}
}

function isRefreshToken(token: unknown): token is string {
  return typeof token === 'string' && token.length <= MAX_TOKEN_CHARACTERS && REFRESH_TOKEN.test(token)
}

/** The deepest known envelope. */
const MAX_DEPTH = 5

function refreshTokensIn(value: unknown, depth = 0): string[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return []
  const found = Object.entries(value).flatMap(([name, member]) =>
    name === 'refresh_token' && isRefreshToken(member) ? [member] : refreshTokensIn(member, depth + 1),
  )
  return [...new Set(found)]
}

/** Seconds, more than 0 to a year; a numeric text counts. 0 is how Mailchimp and VK write "never", and Keycloak for refresh tokens. */
export function readLifetime(lifetime: unknown): number | undefined {
  const seconds = readNumber(lifetime)
  return seconds > 0 ? Math.min(seconds, MAX_LIFETIME_SECONDS) : undefined
}

function readRefreshLifetime(body: Answer, now: number): number | undefined {
  return (
    readLifetime(body.refresh_expires_in) ??
    readLifetime(body.refresh_token_expires_in) ??
    untilTime(body.refresh_token_expires_at, now)
  )
}

/** Seconds from `now` until a time: Unix s or ms, or an ISO 8601 date with a time, which is UTC where it names no offset. */
function untilTime(time: unknown, now: number): number | undefined {
  const ms = readTime(time)
  // Tokens that were just given have not expired: one of the two clocks is wrong.
  return ms > now ? Math.min((ms - now) / 1000, MAX_LIFETIME_SECONDS) : undefined
}

/** Unix ms, or NaN. */
function readTime(time: unknown): number {
  const number = readNumber(time)
  if (!Number.isNaN(number)) return number < UNIX_SECONDS_FROM ? Number.NaN : unixMs(number)
  const [, date, clock, offset] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?$/i.exec(String(time)) ?? []
  const zone = offset?.replace(/(\d\d)(\d\d)$/, '$1:$2') ?? 'Z'
  return date === undefined ? Number.NaN : Date.parse(`${date}T${clock}${zone.toUpperCase()}`)
}

/** A finite number of 0 or more, also as a string; NaN for anything else. */
function readNumber(value: unknown): number {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{1,20}(?:\.\d{1,20})?$/.test(value))
  const number = isNumber ? Number(value) : Number.NaN
  return Number.isFinite(number) && number >= 0 ? number : Number.NaN
}

function readScopes(scope: unknown, separator: string): readonly string[] | undefined {
  const listed = typeof scope === 'string' ? scope.split(separator === ',' ? /[,\s]+/ : /\s+/) : scope
  if (!Array.isArray(listed)) return undefined
  const scopes = listed.filter((entry) => typeof entry === 'string' && entry !== '')
  return scopes.length === 0 ? undefined : scopes
}

function readExtra(body: Answer, secrets: readonly string[]): Record<string, unknown> | undefined {
  const entries = Object.entries(body).filter(([name, value]) => !STANDARD_MEMBERS.has(name) && isKept(value, secrets))
  return entries.length === 0 ? undefined : ownMembers(Object.fromEntries(entries))
}

/** No second copy of a secret, nothing huge, nothing too deep to be written as JSON. */
function isKept(value: unknown, secrets: readonly string[]): boolean {
  const text = toJson(value)
  if (text === undefined || text.length > MAX_EXTRA_CHARACTERS) return false
  return !secrets.some((secret) => text.includes(JSON.stringify(secret)))
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** The value's own members (an array's are its elements); none if it is not an object. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return ownMembers(typeof value === 'object' && value !== null ? { ...value } : {})
}
