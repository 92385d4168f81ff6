import { GrantError } from '@valetkey/core'
import type { GrantFailure, GrantFailureKind } from '@valetkey/core/kit'
import type { ResolvedDialect, StandardAnswer } from '../options.ts'
import type { FormAnswer } from './request.ts'

export function isSuccess({ status, body }: StandardAnswer): boolean {
  return isGranted(status) && oauthErrorCode(body.error) === undefined
}

/** Whether the vendor has granted the request, with any answer: what was sent is spent. */
export function isGranted(status = 0): boolean {
  return status >= 200 && status < 300
}

/**
 * The meaning of an answer that is not a success.
 *
 * @param grantType of the token request; none at other endpoints
 */
export function refusal(
  answer: FormAnswer,
  standard: StandardAnswer,
  { retryAfterHeaders }: ResolvedDialect,
  now: number,
  grantType = '',
): GrantError {
  const { access_token, refresh_token, id_token, error } = standard.body
  const tokens = [access_token, refresh_token, id_token].filter((token) => typeof token === 'string')
  const known = [...answer.secrets, ...tokens]
  const code = oauthErrorCode(error)
  const kind = classify(grantType, standard.status, code)
  // These headers do not apply to a 503: vendors send them with every answer.
  const headerNames = ['retry-after', ...(standard.status === 429 ? retryAfterHeaders : [])]
  return new GrantError({
    kind,
    sent: true,
    status: answer.status,
    oauthError: isStandardCode(code) ? code : describe(code, known),
    description: describe(wordsOf(standard.body), known),
    retryAfterMs: kind === 'token_unavailable' ? readRetryAfter(answer.headers, headerNames, now) : undefined,
  })
}

/** Where vendors put their words: RFC 6749 §5.2, RFC 9457 §3.1, and what most others write. */
function wordsOf({ error_description, detail, message, error }: StandardAnswer['body']): unknown {
  const words = [error_description, detail, message, oauthErrorCode(error) === undefined ? error : undefined]
  if (typeof error === 'object' && error !== null) words.push(Reflect.get(error, 'message'))
  return words.find((text) => typeof text === 'string' && text !== '')
}

/** The vendor refuses the client or the request as configured (RFC 6749 §5.2, RFC 8707 §2): asking again would not help. */
const CLIENT_REJECTED: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_scope',
  'invalid_request',
  'unsupported_grant_type',
  'invalid_target',
  'access_denied',
])

/** Does not concern the credentials (RFC 6749 §4.1.2.1, RFC 8628 §3.5, RFC 9449 §8). */
const TRANSIENT: ReadonlySet<string> = new Set([
  'temporarily_unavailable',
  'server_error',
  'slow_down',
  'use_dpop_nonce',
])

/**
 * What an answer without tokens means. Only a well-formed OAuth error that is not 429 or 5xx may say "your credentials are
 * wrong"; everything else is the vendor's trouble.
 */
export function classify(grantType: string, status: number, oauthError: string | undefined): GrantFailureKind {
  const refresh = grantType === 'refresh_token'
  if (oauthError === undefined || !blamesTheClient(status) || TRANSIENT.has(oauthError)) return 'token_unavailable'
  if (oauthError === 'invalid_grant') return refresh ? 'reauthorization_required' : 'client_rejected'
  if (CLIENT_REJECTED.has(oauthError)) return 'client_rejected'
  // A code that no standard knows: a person can correct a first sign-in, but no grant is thrown away for it.
  return refresh ? 'token_unavailable' : 'client_rejected'
}

/** 2xx too: some vendors answer 200 with an `error`. */
function blamesTheClient(status: number): boolean {
  return (status >= 200 && status < 300) || (status >= 400 && status < 500 && status !== 429)
}

/** Further codes that a sign-in or a revocation acts upon (RFC 7009 §2.2.1, RFC 8628 §3.5, RFC 9449 §5, Microsoft). */
const OTHERS: ReadonlySet<string> = new Set([
  'invalid_grant',
  'authorization_declined',
  'authorization_pending',
  'expired_token',
  'invalid_dpop_proof',
  'unsupported_token_type',
])

/** A code of the standards: no secret, even if a short secret occurs in it. */
export function isStandardCode(oauthError: string | undefined): boolean {
  return oauthError !== undefined && [CLIENT_REJECTED, TRANSIENT, OTHERS].some((codes) => codes.has(oauthError))
}

/** `error` when it has the form of a code; `"Bad Request"` and objects are not OAuth errors. */
export function oauthErrorCode(error: unknown): string | undefined {
  return typeof error === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/.test(error) ? error : undefined
}

/** A time that `Date` can show; how much of it is believed, core decides. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000

/** As seconds it would be 31 years, so a number from here on is a Unix time; ms from 1,000 times that on. */
export const UNIX_SECONDS_FROM = 1e9
const UNIX_MS_FROM = 1e12

/** A Unix time in s or ms, as ms. */
export function unixMs(time: number): number {
  return time < UNIX_MS_FROM ? time * 1000 : time
}

/** When to try again, in ms from `now` (Unix ms), 0 to 24 h: the first of the named headers that can be read. */
export function readRetryAfter(headers: Headers, names: readonly string[], now: number): number | undefined {
  for (const name of names) {
    const ms = parseRetryAfter(headers.get(name)?.trim() ?? '', now)
    if (ms !== undefined) return Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
  }
  return undefined
}

function parseRetryAfter(text: string, now: number): number | undefined {
  if (/^\d{1,20}(?:\.\d{1,20})?$/.test(text)) return fromNumber(Number(text), now)
  // Date.parse alone would find a date in nearly any text.
  const isDate =
    /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$|^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/
  const time = isDate.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : time - now
}

function fromNumber(value: number, now: number): number {
  return value < UNIX_SECONDS_FROM ? value * 1000 : unixMs(value) - now
}

/** More is a page, no reason; and what is searched for secrets has an end. */
const MAX_SEARCHED = 16_384

/**
 * The vendor's own words for an error message: without the secrets that the request or the answer held (a vendor may echo them),
 * on one line, without control characters, cut to 256.
 */
export function describe(words: unknown, secrets: readonly string[]): string | undefined {
  if (typeof words !== 'string') return undefined
  // A word that is cut may be the beginning of a secret.
  const searched = words.length > MAX_SEARCHED ? words.slice(0, MAX_SEARCHED).replace(/\S*$/, '') : words
  const line = redactSecrets(searched, secrets)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
  // Enough for a reason, too little for a page; with `u` no character is cut in half.
  return /^.{1,256}/u.exec(line)?.[0]
}

/** A regular expression for a longer string can be too large for the engine, whose error would quote it. */
const MAX_CHARACTERS = 512

/**
 * The text without the secrets, also where it has them percent-encoded (once or more), form-encoded, as JSON escapes them, in
 * Base64, or in another case.
 */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  return (
    secrets
      .flatMap((secret) => [secret, base64(secret)])
      .filter(Boolean)
      // Longest first: a secret that begins with another one must not lose only its beginning.
      .sort((a, b) => b.length - a.length)
      .reduce((masked, secret) => masked.replace(patternOf(secret), '***'), text)
  )
}

function base64(secret: string): string {
  return btoa(String.fromCharCode(...bytesOf(secret.slice(0, MAX_CHARACTERS)))).replace(/=+$/, '')
}

function patternOf(secret: string): RegExp {
  const beginning = secret.slice(0, MAX_CHARACTERS).replace(/\W/gu, formsOf)
  return new RegExp(secret.length > MAX_CHARACTERS ? `${beginning}\\S*` : beginning, 'gi')
}

/** The encoded forms of a character other than a letter, a digit or `_`. */
function formsOf(character: string): string {
  const percent = Array.from(bytesOf(character), (byte) => `%(?:25){0,2}${hex(byte, 2)}`)
  const json = character.split('').map((unit) => `\\\\u${hex(unit.charCodeAt(0), 4)}`)
  return `(?:\\\\?\\${character}|${percent.join('')}|${json.join('')}${character === ' ' ? '|\\+' : ''})`
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}

/** The vendor has answered, but nothing that could be used. */
export function unusable(description: string): GrantError {
  return new GrantError({ kind: 'token_unavailable', sent: true, description })
}

/** It failed before the request: no secret has left, no code and no refresh token is spent. */
export function unsent(
  description: string,
  kind: 'token_unavailable' | 'client_rejected' = 'token_unavailable',
): GrantError {
  return new GrantError({ kind, sent: false, description })
}

/** Codes (Node, undici) of failures before the first byte of the request was sent. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The server's certificate or its TLS was refused by us, which ends the handshake: no request was sent. */
const TLS_REFUSED =
  /^(?:CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL))/

/** `fetch failed` ← the socket's error ← its own cause: as deep as platforms nest, and an end for a cause that holds itself. */
const MAX_CAUSES = 5

/** What a rejected `fetch` means. Only its code is kept: the message may quote the URL or a header. */
export function networkFailure(error: unknown, what = 'no answer from the authorization server'): GrantFailure {
  const code = errorCode(error)
  const sent = !(code !== undefined && (NEVER_SENT.has(code) || TLS_REFUSED.test(code)))
  const description = `${what}${code === undefined ? '' : ` (${code})`}`
  return { kind: 'token_unavailable', sent, description }
}

function errorCode(error: unknown): string | undefined {
  let current = error
  for (let depth = 0; depth < MAX_CAUSES && typeof current === 'object' && current !== null; depth += 1) {
    const code: unknown = Reflect.get(current, 'code')
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code)) return code
    current = Reflect.get(current, 'cause')
  }
  return undefined
}
