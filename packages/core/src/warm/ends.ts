import { invalidOption, knownOptions, type OptionNames } from '../options.ts'
import { accessSetOf, type Snapshot } from '../refresh/run.ts'
import type { RefreshLifetimes } from '../token-credential.ts'
import { DUE_AHEAD_MS, DUE_AHEAD_SHARE } from '../tokens/create.ts'
import type { GrantRecord } from '../tokens/record.ts'

const DAY_MS = 24 * 60 * 60_000

/** Of a refresh token whose end is unknown. The shortest that large vendors have by default: Okta's. */
const ASSUMED_IDLE_MS: number = 7 * DAY_MS

/** When the refresh tokens of a credential end, and how long before that they are used; ms. `Infinity`: never. */
export interface WarmRule {
  /** @default a fifth of the lifetime, at most 7 days */
  readonly beforeMs: number | undefined
  /** Without use; absent: assumed where nothing else is known. */
  readonly idleMs: number | undefined
  /** From the last refresh. */
  readonly lifetimeMs: number
}

/** Also what a vendor may say of other tokens. */
type Lifetimes = RefreshLifetimes & { readonly accessToken?: unknown; readonly grace?: unknown }

const LIFETIMES: OptionNames<Lifetimes> = {
  refreshToken: true,
  idle: true,
  rotates: true,
  accessToken: true,
  grace: true,
}

/** @throws CredentialError `invalid_option` for lifetimes that are none */
export function ruleOf(
  vendor: string,
  lifetimes: RefreshLifetimes,
  { beforeMs, idleMs }: { readonly beforeMs?: number | undefined; readonly idleMs?: number | undefined },
): WarmRule {
  const own: Lifetimes = knownOptions(vendor, lifetimes, LIFETIMES, 'lifetimes.')
  const { refreshToken, idle, rotates = true } = own
  const isWord = refreshToken === 'endless' || refreshToken === 'none'
  for (const [name, seconds] of Object.entries({ idle, ...(!isWord && { refreshToken }) }))
    if (seconds !== undefined && !(typeof seconds === 'number' && seconds > 0 && seconds < Number.POSITIVE_INFINITY))
      throw invalidOption(vendor, `lifetimes.${name}`, 'must be a number of seconds above 0')
  if (typeof rotates !== 'boolean') throw invalidOption(vendor, 'lifetimes.rotates', 'must be true or false', rotates)
  const saidMs = idle === undefined ? undefined : idle * 1000
  return {
    beforeMs,
    idleMs: idleMs ?? saidMs ?? (refreshToken === undefined ? undefined : Number.POSITIVE_INFINITY),
    lifetimeMs: typeof refreshToken === 'number' && rotates ? refreshToken * 1000 : Number.POSITIVE_INFINITY,
  }
}

/** What a stored record says of its refresh token. Times of the store's clock, Unix ms. */
export type Warmth =
  | { readonly type: 'signed_out' | 'ended' }
  /** There is none: only a person can give what comes after the access token. */
  | { readonly type: 'fading'; readonly generation: number; readonly usedAt: number; readonly end: number }
  | {
      readonly type: 'living'
      readonly generation: number
      /** The last refresh, or the sign-in. */
      readonly usedAt: number
      /** Whether a refresh gave it, and no person. */
      readonly isRenewal: boolean
      /** By the vendor's answer; `Infinity`: it does not say. */
      readonly statedEnd: number
      /** Unless it is used before. */
      readonly idleEnd: number
    }

export function warmthOf({ record, now }: Snapshot, rule: WarmRule): Warmth {
  if (!record || record.signedOut || !(record.tokens || record.dead)) return { type: 'signed_out' }
  const { tokens } = record
  const { expiresAt = Number.POSITIVE_INFINITY, refreshExpiresAt = Number.POSITIVE_INFINITY } = tokens ?? {}
  if (!tokens || record.dead || refreshExpiresAt <= now) return { type: 'ended' }
  const usedAt = lastUse(record, tokens.issuedAt)
  const { generation } = accessSetOf(record)
  if (tokens.refreshToken === undefined)
    return expiresAt <= now ? { type: 'ended' } : { type: 'fading', generation, usedAt, end: expiresAt }
  const isStated = refreshExpiresAt < Number.POSITIVE_INFINITY
  const isUnknown = !isStated && rule.lifetimeMs === Number.POSITIVE_INFINITY
  const { idleMs = isUnknown ? ASSUMED_IDLE_MS : Number.POSITIVE_INFINITY } = rule
  const restMs = Math.min(idleMs, isStated ? Number.POSITIVE_INFINITY : rule.lifetimeMs)
  const isRenewal = tokens.isRenewal === true
  return { type: 'living', generation, usedAt, isRenewal, statedEnd: refreshExpiresAt, idleEnd: usedAt + restMs }
}

/** A refresh for any target uses the one refresh token. */
function lastUse({ others }: GrantRecord, issuedAt: number): number {
  const targets = Object.values(others?.of ?? {}).map(({ tokens }) => tokens?.issuedAt ?? 0)
  return Math.max(issuedAt, ...targets)
}

/** When a refresh token is to be used again; store's clock, Unix ms. */
export interface Plan {
  /** The end that a refresh puts off; `Infinity`: there is none. */
  readonly end: number
  readonly beforeMs: number
  readonly dueAt: number
}

/** A refresh with less than this share of the lifetime behind it would make an outage, or a slow pass, dangerous. */
const BEFORE_MAX_SHARE = 1 / 3

/**
 * @param spread at least 0, below 1: the accounts of a credential are due between once and twice `beforeMs` before their end
 * @param isFixed a refresh does not put off the end that the vendor states
 */
export function planOf(
  { usedAt, statedEnd, idleEnd }: Warmth & { readonly type: 'living' },
  rule: WarmRule,
  spread: number,
  isFixed: boolean,
): Plan {
  const isIdleFirst = idleEnd < statedEnd
  const end = isIdleFirst ? idleEnd : isFixed ? Number.POSITIVE_INFINITY : statedEnd
  const lifetimeMs = end - usedAt
  const beforeMs = Math.min(rule.beforeMs ?? aheadMs(lifetimeMs), BEFORE_MAX_SHARE * lifetimeMs)
  return { end, beforeMs, dueAt: end === Number.POSITIVE_INFINITY ? end : end - beforeMs * (1 + spread) }
}

/** How long before an end the event is emitted. */
export function aheadMs(lifetimeMs: number): number {
  return Math.min(DUE_AHEAD_MS, DUE_AHEAD_SHARE * lifetimeMs)
}

/** A refresh that moves an end does so by what has passed since the last one. Of the lifetime; servers count in seconds. */
const PASSED_SHARE = 0.1
const MOVED_SHARE = 0.05

/** What was seen of an account whose vendor states an end; store's clock, Unix ms. */
export interface SeenEnd {
  readonly usedAt: number
  readonly statedEnd: number
  /** A refresh did not put it off. */
  readonly isFixed: boolean
}

/** Two ends, with a use between them, tell whether the end is fixed. */
export function judgeEnd(before: SeenEnd | undefined, { usedAt, statedEnd }: Omit<SeenEnd, 'isFixed'>): SeenEnd {
  const lifetimeMs = before ? before.statedEnd - before.usedAt : Number.POSITIVE_INFINITY
  if (!before || lifetimeMs === Number.POSITIVE_INFINITY) return { usedAt, statedEnd, isFixed: false }
  if (statedEnd - before.statedEnd > MOVED_SHARE * lifetimeMs) return { usedAt, statedEnd, isFixed: false }
  if (usedAt - before.usedAt < PASSED_SHARE * lifetimeMs) return before
  return { usedAt, statedEnd, isFixed: true }
}

/** Different for each account, the same in each process: at least 0, below 1. FNV-1a, mixed by the end of MurmurHash3. */
export function spreadOf(vendor: string, account: string): number {
  const key = JSON.stringify([vendor, account])
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
