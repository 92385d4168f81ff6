import { decodeJwt } from 'jose/jwt/decode'
import type { CredentialError } from '../errors.ts'
import { ownMembers } from '../members.ts'
import { invalidOption, requireSecret } from '../options.ts'
import type { ImportedTokens } from '../token-credential.ts'
import { checkedTokens, lifetimeMs, type ObtainedTokens } from './grant.ts'

/** Unix ms of 2001-01-01. A smaller number is a time in seconds: as one, it lies after 2001 for all times from 1970 to 33000. */
const EARLIEST_MS = Date.UTC(2001, 0)
const LATEST_MS = Date.UTC(10_000, 0)

const MEMBERS: Readonly<Record<keyof ImportedTokens, true>> = {
  refreshToken: true,
  accessToken: true,
  expiresAt: true,
  refreshExpiresAt: true,
  scopes: true,
  tokenType: true,
  extra: true,
}

/** Names of the same in RFC 6749 and in other libraries, without `_` and in lower case, where they are not our own. */
const OTHER_NAMES: Readonly<Record<string, keyof ImportedTokens>> = {
  expiresin: 'expiresAt',
  refreshexpiresin: 'refreshExpiresAt',
  scope: 'scopes',
}

/** What a program hands over, checked, and what is stored for it. */
export interface CheckedImport {
  /** `accessToken` is `''` where none is left to be used: then the first request refreshes. */
  readonly tokens: ObtainedTokens
  /** Recognises the refresh token without holding it. `undefined`: there is none, or the runtime has no WebCrypto. */
  readonly digest: string | undefined
}

/**
 * @param now this machine's clock, Unix ms
 * @throws CredentialError `invalid_option`, which names the member and shows no token
 */
export async function checkedImport(
  vendor: string,
  given: ImportedTokens,
  canRefresh: boolean,
  now: number,
): Promise<CheckedImport> {
  const own = requireMembers(vendor, given)
  const { accessToken, refreshToken, tokenType, scopes, extra } = own
  if (accessToken === undefined && refreshToken === undefined)
    throw invalidOption(vendor, 'refreshToken', 'is required, or "accessToken"')
  if (refreshToken !== undefined && !canRefresh)
    throw invalidOption(vendor, 'refreshToken', 'cannot be used: this grant does not refresh; leave it out')
  const expiresAt = timeOf(vendor, own, 'expiresAt', 'accessToken') ?? expOf(accessToken)
  const refreshExpiresAt = timeOf(vendor, own, 'refreshExpiresAt', 'refreshToken') ?? expOf(refreshToken)
  if (refreshToken === undefined && expiresAt !== undefined && expiresAt <= now)
    throw invalidOption(vendor, 'accessToken', 'has expired, and there is no "refreshToken"')
  if (own.refreshExpiresAt !== undefined && refreshExpiresAt !== undefined && refreshExpiresAt <= now)
    throw invalidOption(vendor, 'refreshExpiresAt', 'has passed: this refresh token cannot be used')
  const isUsable = accessToken !== undefined && (expiresAt === undefined || expiresAt > now)
  const lifetimeOf = (end: number | undefined) => (end === undefined ? undefined : lifetimeMs((end - now) / 1000))
  return {
    tokens: {
      accessToken: isUsable ? accessToken : '',
      tokenType: tokenType ?? 'Bearer',
      lifetimeMs: isUsable ? lifetimeOf(expiresAt) : 0,
      refreshToken,
      refreshLifetimeMs: lifetimeOf(refreshExpiresAt),
      scopes: scopes && [...scopes],
      // What the program changes later is not stored.
      extra: extra && (JSON.parse(JSON.stringify(extra)) as Readonly<Record<string, unknown>>),
    },
    digest: await digestOf(refreshToken),
  }
}

function requireMembers(vendor: string, given: ImportedTokens): ImportedTokens {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalidOption(vendor, 'refreshToken', 'is required: pass an object with it, or with "accessToken"')
  const own = ownMembers(given)
  for (const name of Object.keys(own)) if (!Object.hasOwn(MEMBERS, name)) throw unknownMember(vendor, name)
  for (const name of ['accessToken', 'refreshToken'] as const) requireToken(vendor, own, name)
  const { tokenType, scopes, extra } = own
  if (tokenType !== undefined && (typeof tokenType !== 'string' || !/^[\x21-\x7e]+$/.test(tokenType)))
    throw invalidOption(vendor, 'tokenType', 'must be a word such as "Bearer"')
  if (scopes !== undefined && !(Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string' && scope)))
    throw invalidOption(vendor, 'scopes', 'must be an array of non-empty strings')
  if (extra !== undefined && !isStorable(extra)) throw invalidOption(vendor, 'extra', 'must be a JSON object')
  return own
}

function unknownMember(vendor: string, name: string): CredentialError<'invalid_option'> {
  const plain = name.replaceAll('_', '').toLowerCase()
  const nearest = Object.keys(MEMBERS).find((known) => known.toLowerCase() === plain) ?? OTHER_NAMES[plain]
  const help = nearest === undefined ? `there is ${Object.keys(MEMBERS).join(', ')}` : `did you mean "${nearest}"?`
  return invalidOption(vendor, name, `is not known: ${help}`)
}

/** A string that a token endpoint could have returned. */
function requireToken(vendor: string, own: ImportedTokens, name: 'accessToken' | 'refreshToken'): void {
  const token: unknown = own[name]
  if (token === undefined) return
  if (token === null) throw invalidOption(vendor, name, 'must be a string, not null: leave it out')
  requireSecret(vendor, own, [name])
  try {
    checkedTokens({ accessToken: 'a', [name]: token }, 0)
  } catch {
    throw invalidOption(
      vendor,
      name,
      'must be a token as the vendor gave it: it holds other characters, or is too long',
    )
  }
}

/** Unix ms of a point in time that belongs to a token. */
function timeOf(
  vendor: string,
  own: ImportedTokens,
  name: 'expiresAt' | 'refreshExpiresAt',
  token: 'accessToken' | 'refreshToken',
): number | undefined {
  const time: unknown = own[name]
  if (time === undefined) return undefined
  if (own[token] === undefined) throw invalidOption(vendor, name, `is the end of "${token}", which is missing`)
  const ms = time instanceof Date ? time.getTime() : time
  if (typeof ms !== 'number' || Number.isNaN(ms)) throw invalidOption(vendor, name, 'must be Unix ms or a valid Date')
  if (ms < EARLIEST_MS)
    throw invalidOption(vendor, name, 'must be Unix ms, and is a time before 2001: multiply seconds by 1000')
  if (ms >= LATEST_MS) throw invalidOption(vendor, name, 'must be Unix ms, and is a time after the year 9999')
  return ms
}

/** The `exp` of a JWT in Unix ms. These tokens are not new, so one that has passed is believed. */
function expOf(token: string | undefined): number | undefined {
  try {
    const { exp } = decodeJwt(token ?? '')
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined
  } catch {
    return undefined
  }
}

function isStorable(extra: unknown): boolean {
  if (typeof extra !== 'object' || extra === null || Array.isArray(extra)) return false
  try {
    JSON.stringify(extra)
    return true
  } catch {
    return false
  }
}

/** First 64 bits of SHA-256 in hex. */
async function digestOf(refreshToken: string | undefined): Promise<string | undefined> {
  if (refreshToken === undefined || globalThis.crypto?.subtle === undefined) return undefined
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(refreshToken))
  return Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
