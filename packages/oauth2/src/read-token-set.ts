import type { TokenSet } from '@valetkey/core'
import { unusable } from './failures.ts'
import { ownMembers } from './own-members.ts'

/** Headers above 16 KB are refused by most servers; no vendor's token comes near it. */
const MAX_TOKEN_CHARACTERS = 16 * 1024

/** What a lifetime is cut to: longer ones mean "never", or are nonsense. */
const MAX_LIFETIME_SECONDS = 365 * 24 * 60 * 60

/** Further members are stored with the tokens; one above this is dropped rather than carried along for ever. */
const MAX_EXTRA_CHARACTERS = 16 * 1024

/** Members that have a place of their own, or that nobody may keep. */
const STANDARD_MEMBERS: ReadonlySet<string> = new Set([
  '__proto__',
  'access_token',
  'token_type',
  'expires_in',
  'refresh_token',
  'refresh_expires_in',
  'refresh_token_expires_in',
  'scope',
  'id_token',
])

type Answer = Readonly<Record<string, unknown>>

/**
 * The tokens of a successful answer (RFC 6749 §5.1). A lifetime that makes no sense costs the lifetime, never the token.
 *
 * @throws GrantError `unavailable`, whose text never quotes the answer
 */
export function readTokenSet(body: Answer, secrets: readonly string[]): TokenSet {
  const accessToken = readToken(body, 'access_token')
  if (accessToken === undefined) throw unusable('the answer holds no access_token')
  const refreshToken = readToken(body, 'refresh_token')
  const refreshLifetime = readLifetime(body.refresh_expires_in ?? body.refresh_token_expires_in)
  const known = [accessToken, refreshToken, ...secrets].filter((secret) => secret !== undefined)
  return {
    accessToken,
    tokenType: readTokenType(body.token_type),
    expiresIn: readLifetime(body.expires_in),
    refreshToken,
    // 0 is how Keycloak says "never".
    refreshExpiresIn: refreshLifetime === 0 ? undefined : refreshLifetime,
    scopes: readScopes(body.scope),
    extra: readExtra(body, known),
  }
}

/** A token goes into a header: visible ASCII only. Null and the empty text are how some vendors write "none". */
function readToken(body: Answer, name: 'access_token' | 'refresh_token'): string | undefined {
  const token = body[name]
  if (token === undefined || token === null || token === '') return undefined
  if (typeof token !== 'string') throw unusable(`${name} is not a string`)
  if (token.length > MAX_TOKEN_CHARACTERS) throw unusable(`${name} is longer than 16 KB`)
  if (!/^[\x21-\x7e]+$/.test(token)) throw unusable(`${name} holds characters that no header can carry`)
  return token
}

/** Anything but Bearer needs more than the token (a DPoP proof, a MAC) with every request: it would only be refused later. */
function readTokenType(type: unknown): string {
  if (type === undefined || type === null || type === '') return 'Bearer'
  if (typeof type === 'string' && /^bearer$/i.test(type)) return 'Bearer'
  throw unusable('token_type is not Bearer')
}

/** Seconds, 0 to a year; a numeric text counts. */
export function readLifetime(lifetime: unknown): number | undefined {
  const isNumber =
    typeof lifetime === 'number' || (typeof lifetime === 'string' && /^\d{1,20}(?:\.\d{1,20})?$/.test(lifetime))
  const seconds = isNumber ? Number(lifetime) : Number.NaN
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, MAX_LIFETIME_SECONDS) : undefined
}

function readScopes(scope: unknown): readonly string[] | undefined {
  const listed = typeof scope === 'string' ? scope.split(/\s+/) : scope
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
