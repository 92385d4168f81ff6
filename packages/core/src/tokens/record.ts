import { ownMembers } from '../members.ts'
import type { ProofKey } from '../secrets.ts'
import { MIN_USE_MS } from './grant.ts'

/** What the store keeps for one grant, as JSON in the opaque `value`. All times are Unix ms of the store's clock. */
export interface GrantRecord {
  readonly v: 1
  /** The store key, so that a record copied to another key is recognised. */
  readonly key: string
  /** Only grows. */
  readonly generation: number
  /** Identity of the token set (or of the sign-out) that the record holds; `''` before the first. */
  readonly setId: string
  /** The set whose refresh token gave this one, and which attempt with it. */
  readonly parent?: { readonly setId: string; readonly attempt: number } | undefined
  readonly tokens?: StoredTokens | undefined
  /** What all tokens here are bound to. */
  readonly proofKey?: ProofKey | undefined
  /** The refresh token of this set may have been obtained while another request with the same parent was under way. */
  readonly contested?: boolean | undefined
  /** The store had gone back to an older record, and a process that remembered this one put it back. */
  readonly restored?: boolean | undefined
  readonly claim?: StoredClaim | undefined
  readonly failure?: StoredFailure | undefined
  readonly rejection?: StoredRejection | undefined
  /** The vendor's final word on the refresh token of this set. */
  readonly dead?: { readonly reason: string; readonly at: number } | undefined
  readonly signedOut?: boolean | undefined
  readonly strikes?: StoredStrikes | undefined
  /** Digest of the refresh token that was imported last: it may have been used up since, and is not taken again. */
  readonly imported?: string | undefined
  /** Access tokens of the same grant for other targets. */
  readonly others?: StoredOthers | undefined
  /** Id of the lease (or sign-in, sign-out) that made the last change other than a lease; recognises a write of unknown outcome. */
  readonly writtenBy: string
}

export interface StoredTokens {
  /** `''`: there is only a refresh token, which is used at the next need. */
  readonly accessToken: string
  readonly tokenType: string
  readonly issuedAt: number
  /** Absent: unknown lifetime, used until refused. */
  readonly expiresAt?: number | undefined
  readonly refreshToken?: string | undefined
  readonly refreshExpiresAt?: number | undefined
  readonly scopes?: readonly string[] | undefined
  readonly extra?: Readonly<Record<string, unknown>> | undefined
  /** Took the place of an earlier set. */
  readonly isRenewal?: boolean | undefined
  /** The set that the access token came with, where the refresh token came with a later one for another target. */
  readonly set?: SetOfAccess | undefined
}

export interface SetOfAccess {
  readonly setId: string
  readonly generation: number
}

export interface StoredOthers {
  /** The set of the record that they belong to. A process that knows no targets writes another one: then they are not used. */
  readonly setId: string
  /** By target. */
  readonly of: Readonly<Record<string, StoredOther>>
}

/** What a record holds for one target more. */
export interface StoredOther extends SetOfAccess {
  /** Without a refresh token. */
  readonly tokens?: StoredTokens | undefined
  readonly failure?: StoredFailure | undefined
  readonly rejection?: StoredRejection | undefined
  readonly strikes?: StoredStrikes | undefined
}

/** Lease and write-ahead intent in one (member `claim` of record version 1): "this owner is about to send, or has sent, attempt n with the refresh token of `base`". */
export interface StoredClaim {
  readonly owner: string
  readonly attempt: number
  /** The set whose refresh token is spent; `ACQUIRE_BASE` when none is. */
  readonly base: string
  /** End of the lease; 0: given back by its owner, the outcome of the attempt is in doubt. */
  readonly until: number
}

/** Instead of a set id in `StoredClaim.base`: nothing is spent, so attempts are not counted and never in doubt. */
export const ACQUIRE_BASE = 'issue'

export interface StoredFailure {
  /** Failures in a row, over all processes. */
  readonly count: number
  readonly retryAt: number
  /** When it happened. */
  readonly at?: number | undefined
  readonly status?: number | undefined
  readonly oauthError?: string | undefined
  readonly description?: string | undefined
  readonly reason: string
}

export interface StoredRejection {
  /** First 4 hex digits of SHA-256(salt ‖ secrets): binds only those who hold the same secrets. Absent where the key names them. */
  readonly by?: string | undefined
  readonly salt?: string | undefined
  readonly count: number
  /** Asked again after that, in case the vendor's side was mended. */
  readonly until: number
  /** When it happened. */
  readonly at?: number | undefined
  readonly oauthError?: string | undefined
  readonly description?: string | undefined
  readonly status?: number | undefined
}

/** Refreshed sets in a row that the API refused within a minute after they were issued. */
export interface StoredStrikes {
  readonly count: number
  /** The set that was counted last: it counts once, for any number of refusals. */
  readonly setId: string
  /** No refresh for a refusal before that. */
  readonly probeAt: number
}

/** After this time a record under unused secrets is deleted; an account idle for so long costs one more token call. */
export const KEYED_RETAIN_MS: number = 90 * 24 * 60 * 60_000

/** A tombstone outlives any late refresh that could bring the account back. So long is kept, too, what came to no tokens. */
export const TOMBSTONE_RETAIN_MS: number = 24 * 60 * 60_000

export function emptyRecord(key: string): GrantRecord {
  return ownMembers({ v: 1, key, generation: 0, setId: '', writtenBy: '' })
}

/** Whether the refresh token of `record` was spent to get `newest`, or `record` is of an older life of the key. */
export function isOlder(record: GrantRecord, newest: GrantRecord): boolean {
  return record.generation < newest.generation || record.setId === newest.parent?.setId
}

/**
 * Whether the store went back: a failover, a replica that lags, a restored copy. The refresh token of an older record has been
 * spent. A record that is gone, or signed out, is believed.
 */
export function isBehind(record: GrantRecord | undefined, newest: GrantRecord | undefined): newest is GrantRecord {
  const holdsRefreshToken = record?.tokens?.refreshToken !== undefined || record?.dead !== undefined
  return holdsRefreshToken && newest !== undefined && isOlder(record, newest)
}

export function serializeRecord(record: GrantRecord): string {
  return JSON.stringify(record)
}

/** Without prototypes: what is absent is not read from one. `undefined` when the string is not a record of this key and version: `unreadable.ts` says why. */
export function parseRecord(key: string, value: string): GrantRecord | undefined {
  const parsed = withoutNulls(parseJson(value))
  if (isObject(parsed) && 'tokens' in parsed) parsed.tokens = withoutNulls(parsed.tokens)
  // With the same text as the caller, of which there are then not two in memory.
  return isRecord(parsed) && parsed.key === key ? bounded({ ...parsed, key }) : undefined
}

/** What a newer version has written into a record of this one: it survives every change. */
export function unknownMembers(record: GrantRecord | undefined): object {
  return ownMembers(Object.fromEntries(Object.entries(record ?? {}).filter(([name]) => !Object.hasOwn(MEMBERS, name))))
}

/** `null` is how other writers of JSON say that a member is absent. */
export function withoutNulls(value: unknown): unknown {
  if (!isObject(value)) return value
  return ownMembers(Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)))
}

/** Notes that only hold requests back, and are not understood, hold nothing back: no record is unreadable for them. */
function bounded(record: GrantRecord): GrantRecord {
  const own = ownMembers(record) as unknown as Record<string, unknown>
  dropUnlike(own, NOTES)
  const { tokens, dead } = record
  if (tokens) own.tokens = boundedTokens(tokens)
  if ('others' in own) own.others = boundedOthers(record)
  if (dead) own.dead = Object.assign(ownMembers(dead), times(dead, ['at']))
  return own as unknown as GrantRecord
}

function dropUnlike(own: Record<string, unknown>, shapes: Readonly<Record<string, Shape>>): void {
  for (const [name, shape] of Object.entries(shapes)) if (!hasShape(own[name], shape)) delete own[name]
}

function boundedTokens(tokens: StoredTokens): StoredTokens {
  const own = Object.assign(ownMembers(tokens), times(tokens, ['issuedAt', 'expiresAt', 'refreshExpiresAt']))
  dropUnlike(own, { set: SET })
  return own
}

/** Access tokens that are not understood, or not of this set, are obtained again. */
function boundedOthers({ others, setId }: GrantRecord): StoredOthers | undefined {
  if (!isObject(others) || others.setId !== setId || !isObject(others.of)) return undefined
  const entries = Object.entries(others.of).flatMap(([target, entry]): [string, StoredOther][] => {
    if (target === '' || !hasShape(entry, SET)) return []
    const own = ownMembers(entry) as Record<string, unknown>
    dropUnlike(own, { ...NOTES, tokens: TOKENS })
    if (!hasOptional(own.tokens ?? {}, TOKENS_OPTIONAL)) delete own.tokens
    if (own.tokens) own.tokens = boundedTokens(own.tokens as StoredTokens)
    return [[target, own as unknown as StoredOther]]
  })
  return { setId, of: ownMembers(Object.fromEntries(entries)) }
}

/** `Date` can show it. */
const MAX_TIME_MS = Date.UTC(9999, 0)

/** A stored time that `Date` can show. */
export function boundedTime(time: number): number {
  return Math.min(Math.max(time, 0), MAX_TIME_MS)
}

function times<Name extends string>(part: { readonly [name in Name]?: number | undefined }, names: readonly Name[]) {
  return Object.fromEntries(
    names.flatMap((name) => (part[name] === undefined ? [] : [[name, boundedTime(part[name])]])),
  )
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown) => (isObject(value) ? ownMembers(value) : value))
  } catch {
    return undefined
  }
}

type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'object'>>

const RECORD: Shape = { v: 'number', key: 'string', generation: 'number', setId: 'string', writtenBy: 'string' }
const TOKENS: Shape = { accessToken: 'string', tokenType: 'string', issuedAt: 'number' }
const TOKENS_OPTIONAL: Shape = { expiresAt: 'number', refreshToken: 'string', refreshExpiresAt: 'number' }
const SET: Shape = { setId: 'string', generation: 'number' }
const PARTS: Readonly<Record<string, Shape>> = {
  tokens: TOKENS,
  proofKey: {},
  parent: { setId: 'string', attempt: 'number' },
  claim: { owner: 'string', attempt: 'number', base: 'string', until: 'number' },
  dead: { reason: 'string', at: 'number' },
}
const NOTES: Readonly<Record<string, Shape>> = {
  failure: { count: 'number', retryAt: 'number', reason: 'string' },
  rejection: { count: 'number', until: 'number' },
  strikes: { count: 'number', setId: 'string', probeAt: 'number' },
}

const MEMBERS: Readonly<Record<keyof GrantRecord, true>> = {
  v: true,
  key: true,
  generation: true,
  setId: true,
  parent: true,
  tokens: true,
  proofKey: true,
  contested: true,
  restored: true,
  claim: true,
  failure: true,
  rejection: true,
  dead: true,
  signedOut: true,
  strikes: true,
  imported: true,
  others: true,
  writtenBy: true,
}

function isRecord(value: unknown): value is GrantRecord {
  if (!hasShape(value, RECORD) || value.v !== 1) return false
  if (!Object.entries(PARTS).every(([name, shape]) => isAbsent(value, name) || hasShape(value[name], shape)))
    return false
  return isAbsent(value, 'tokens') || hasOptional(value.tokens, TOKENS_OPTIONAL)
}

function hasShape(value: unknown, shape: Shape): value is Record<string, unknown> {
  return (
    isObject(value) &&
    Object.entries(shape).every(([name, type]) => Object.hasOwn(value, name) && typeof value[name] === type)
  )
}

function hasOptional(value: unknown, shape: Shape): boolean {
  return (
    isObject(value) &&
    Object.entries(shape).every(([name, type]) => isAbsent(value, name) || typeof value[name] === type)
  )
}

const isAbsent = (value: Record<string, unknown>, name: string): boolean => !Object.hasOwn(value, name)

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Vendors send up to about ten; a record must not grow with each name that one of them makes up. */
const MAX_MEMBERS = 64
/** Of all members as JSON: four times what `@valetkey/oauth2` takes of one. */
const MAX_CHARACTERS = 64 * 1024

/**
 * What a refresh stores with the tokens: the members of its answer, and those of earlier answers that it does not repeat.
 * Together they are at most 64, or 64 Ki characters as JSON, unless one answer alone has more; what came first stays.
 */
export function mergeExtra(before: StoredTokens['extra'], answered: StoredTokens['extra']): StoredTokens['extra'] {
  if (!isObject(before) || (answered !== undefined && !isObject(answered))) return answered
  const newest = Object.entries(answered ?? {}).filter(([, value]) => value !== undefined)
  const names = new Set(newest.map(([name]) => name))
  let members = MAX_MEMBERS - newest.length
  let characters = MAX_CHARACTERS - sizeOf(newest)
  const kept = Object.entries(before).filter((entry) => {
    const size = sizeOf([entry])
    if (names.has(entry[0]) || members < 1 || size > characters) return false
    members -= 1
    characters -= size
    return true
  })
  return ownMembers(Object.fromEntries([...kept, ...newest]))
}

const sizeOf = (entries: readonly (readonly [string, unknown])[]): number => JSON.stringify(entries).length

/** How long before expiry tokens should, and must, be renewed. */
export interface ExpiryWindows {
  /** ms */
  readonly refreshAheadMs: number
  /** ms */
  readonly expiryLeewayMs: number
  /** 0 to 1, fixed per process, so that not all processes refresh at one moment. */
  readonly jitter: number
}

export const DEFAULT_REFRESH_AHEAD_MS = 60_000
export const DEFAULT_EXPIRY_LEEWAY_MS = 5_000
/** Windows shrink with the lifetime: a 30 s token must not be "about to expire" all its life. */
const REFRESH_AHEAD_SHARE = 0.2
const EXPIRY_LEEWAY_SHARE = 0.1
const JITTER_SHARE = 0.2

/** From this moment on (store clock, Unix ms) a refresh in the background is due; the tokens are still used. */
export function softExpiry(tokens: StoredTokens, windows: ExpiryWindows): number {
  const end = endOfUse(tokens)
  if (!Number.isFinite(end)) return end
  const ahead = Math.min(windows.refreshAheadMs, REFRESH_AHEAD_SHARE * (end - tokens.issuedAt))
  return Math.min(end - ahead * (1 - JITTER_SHARE * windows.jitter), hardExpiry(tokens, windows))
}

/** From this moment on (store clock, Unix ms) the tokens are not used any more. */
export function hardExpiry(tokens: StoredTokens, windows: ExpiryWindows): number {
  const end = endOfUse(tokens)
  if (!Number.isFinite(end)) return end
  return end - Math.min(windows.expiryLeewayMs, EXPIRY_LEEWAY_SHARE * (end - tokens.issuedAt))
}

export function shouldRenew(tokens: StoredTokens, now: number, windows: ExpiryWindows): boolean {
  return now >= softExpiry(tokens, windows)
}

export function mustRenew(tokens: StoredTokens, now: number, windows: ExpiryWindows): boolean {
  return now >= hardExpiry(tokens, windows)
}

function endOfUse({ accessToken, issuedAt, expiresAt }: StoredTokens): number {
  if (accessToken === '') return Number.NEGATIVE_INFINITY
  return expiresAt === undefined ? Number.POSITIVE_INFINITY : Math.max(expiresAt, issuedAt + MIN_USE_MS)
}
