import { CredentialError } from '../errors.ts'
import { accessSetOf, type FlightResult, type Snapshot, storedOf, viewOf } from '../refresh/run.ts'
import type { ProofKey } from '../secrets.ts'
import type { Clock } from '../time.ts'
import type { GrantFailure, ObtainedTokens } from './grant.ts'
import { type ExpiryWindows, type GrantRecord, hardExpiry, isOlder, type StoredTokens, softExpiry } from './record.ts'

/** A result without tokens is remembered this long: a grant that needs a new sign-in costs one read a second, not one per request. */
const NEGATIVE_MS = 1_000

/** The newest record of a store key that was in the store, as it is stored: all targets know it. */
export interface KnownRecord {
  newest: GrantRecord | undefined
}

/** What this process knows of one store key and target. Only tokens newer than `rejected` count: those were refused by the API. */
export interface TokenMemory {
  /** A member, since every request asks for it. */
  readonly held: HeldTokens | undefined
  /** Held tokens that are not expired. */
  usable(rejected: number): HeldTokens | undefined
  /** The newest record that was in the store, as the target sees it. */
  readonly newest: GrantRecord | undefined
  /** Takes over what the store holds, unless memory is ahead of it. @returns whether there is an access token that was unknown here */
  remember(snapshot: Snapshot): boolean
  /** Takes over tokens that are to be stored. @returns whether the access token was unknown here */
  expect(snapshot: Snapshot): boolean
  /** Holds tokens that could not be stored. */
  holdUnstored(tokens: ObtainedTokens): HeldTokens
  /** The end of the refresh token, once per token set, when that is near. */
  newlyDue(): { readonly generation: number; readonly refreshExpiresAt: number } | undefined
  /** Forgets tokens and failures. */
  clear(): void
  forgetFailure(): void
  rememberFailure(result: NegativeResult, rejected: number): void
  /** A failure met within the last second by somebody with the same need. */
  recentFailure(rejected: number): NegativeResult | undefined
}

/** A person is told this long before the refresh token ends, ms, or the share of the longest lifetime that it was seen to have. */
export const DUE_AHEAD_MS: number = 7 * 24 * 60 * 60_000
export const DUE_AHEAD_SHARE = 0.2

export function createTokenMemory(
  clock: Clock,
  windows: ExpiryWindows,
  known: KnownRecord,
  target: string | undefined,
): TokenMemory {
  let toldOf = -1
  let longestMs = 0
  let failure: { readonly result: NegativeResult; readonly rejected: number; readonly until: number } | undefined

  const memory: TokenMemory & { held: HeldTokens | undefined } = {
    held: undefined,
    get newest() {
      return known.newest && viewOf(known.newest, target)
    },
    usable(rejected) {
      const { held } = memory
      return held && held.generation > rejected && !hasPassed(held.hardExpiry, clock) ? held : undefined
    },
    remember(snapshot) {
      const { record } = snapshot
      if (record && !(known.newest && isOlder(record, known.newest))) known.newest = storedOf(record, target)
      return memory.expect(snapshot)
    },
    expect(snapshot) {
      const { record } = snapshot
      if (record === undefined) return false
      const before = memory.held?.generation ?? -1
      const { generation } = accessSetOf(record)
      if (generation < before) return false
      const isNews = generation > before
      if (isNews) failure = undefined
      memory.held = record.tokens && holdTokens(record.tokens, generation, snapshot, clock, windows, record.proofKey)
      const { refreshedAt = 0, refreshExpiresAt = 0 } = memory.held ?? {}
      longestMs = Math.max(longestMs, refreshExpiresAt - refreshedAt)
      return isNews && Boolean(memory.held?.tokens.accessToken)
    },
    holdUnstored(tokens) {
      const now = clock.now()
      const expiresAt = tokens.lifetimeMs === undefined ? undefined : now + tokens.lifetimeMs
      const generation = Math.max((memory.held?.generation ?? 0) + 1, Math.floor(now))
      const stored = { ...tokens, issuedAt: now, expiresAt }
      const read = { now, mono: clock.monotonic() }
      const held = holdTokens(stored, generation, read, clock, windows, tokens.proofKey)
      memory.held = held
      return held
    },
    newlyDue() {
      const { held } = memory
      if (!held || held.refreshExpiresAt === undefined || held.generation <= toldOf) return undefined
      const { generation, refreshExpiresAt } = held
      if (clock.now() < refreshExpiresAt - Math.min(DUE_AHEAD_MS, DUE_AHEAD_SHARE * longestMs)) return undefined
      toldOf = generation
      return { generation, refreshExpiresAt }
    },
    clear() {
      longestMs = 0
      memory.held = undefined
      known.newest = undefined
      failure = undefined
    },
    forgetFailure() {
      failure = undefined
    },
    rememberFailure(result, rejected) {
      const holdMs = result.type === 'token_unavailable' ? result.retryAt - clock.now() : NEGATIVE_MS
      failure = { result, rejected, until: clock.monotonic() + Math.min(holdMs, NEGATIVE_MS) }
    },
    recentFailure(rejected) {
      const isRecent = failure?.rejected === rejected && clock.monotonic() < failure.until
      return isRecent ? failure?.result : undefined
    },
  }
  return memory
}

/**
 * A use this long after the last read reads again in the background, so that another process's sign-out takes effect: after
 * half the age of the token, which is between these limits. What stayed as it was for long is not looked at often.
 */
const READ_AGAIN_MIN_MS = 30_000
const READ_AGAIN_MAX_MS = 5 * 60_000

/**
 * Servers of an API learn of a new token one after the other: GitHub's and others' refuse it for one to three seconds. Until it
 * is this old, a refusal may mean no more than that.
 */
const SPREAD_MS = 3_000

/** Tokens in this process's memory, with the limits of their use on both of its clocks. */
export interface HeldTokens {
  readonly tokens: StoredTokens
  readonly proofKey?: ProofKey | undefined
  readonly generation: number
  /** Until then they are served without a thought. */
  readonly quietUntil: Instant
  /** From then on all servers of the API know them. */
  readonly knownFrom: Instant
  readonly softExpiry: Instant
  readonly hardExpiry: Instant
  /** Unix ms by this machine's clock; absent: unknown lifetime. */
  readonly expiresAt?: number | undefined
  /** When they were obtained, and when their refresh token ends; Unix ms by this machine's clock. */
  readonly refreshedAt: number
  readonly refreshExpiresAt?: number | undefined
}

/** One moment on both clocks. It has passed when either says so: monotonic clocks may stop in sleep, wall clocks step. */
export interface Instant {
  readonly wall: number
  readonly mono: number
}

function holdTokens(
  tokens: StoredTokens,
  generation: number,
  snapshot: Snapshot,
  clock: Clock,
  windows: ExpiryWindows,
  proofKey: ProofKey | undefined,
): HeldTokens {
  const wallNow = clock.now()
  const sinceRead = clock.monotonic() - snapshot.mono
  const instant = (storeTime: number): Instant => {
    const fromRead = storeTime - snapshot.now
    return { mono: snapshot.mono + fromRead, wall: wallNow - sinceRead + fromRead }
  }
  const local = (storeTime: number): number => Math.round(instant(storeTime).wall)
  const soft = softExpiry(tokens, windows)
  const readAgainMs = Math.min(Math.max((snapshot.now - tokens.issuedAt) / 2, READ_AGAIN_MIN_MS), READ_AGAIN_MAX_MS)
  return {
    tokens,
    proofKey,
    generation,
    quietUntil: instant(Math.min(soft, snapshot.now + readAgainMs)),
    // A store's clock that was set back must not make old tokens young for longer.
    knownFrom: instant(Math.min(tokens.issuedAt, snapshot.now) + SPREAD_MS),
    softExpiry: instant(soft),
    hardExpiry: instant(hardExpiry(tokens, windows)),
    expiresAt: tokens.expiresAt === undefined ? undefined : local(tokens.expiresAt),
    refreshedAt: local(tokens.issuedAt),
    refreshExpiresAt: tokens.refreshExpiresAt === undefined ? undefined : local(tokens.refreshExpiresAt),
  }
}

export function hasPassed(instant: Instant, clock: Clock): boolean {
  return clock.now() >= instant.wall || clock.monotonic() >= instant.mono
}

/** Why there are no tokens. */
export type NegativeResult =
  | Exclude<FlightResult, { type: 'tokens' | 'token_unavailable' }>
  /** `retryAt`: this machine's clock, Unix ms. */
  | {
      readonly type: 'token_unavailable'
      readonly retryAt: number
      readonly status?: number | undefined
      readonly oauthError?: string | undefined
      readonly description?: string | undefined
      readonly reason: string
    }

/** The error that a waiting caller gets. */
export function negativeError(result: NegativeResult, of: { vendor: string; account: string }): CredentialError {
  const name = of.account === 'default' ? of.vendor : `${of.vendor} (${of.account})`
  switch (result.type) {
    case 'not_signed_in':
      return new CredentialError('not_signed_in', `${name}: nobody has signed in; sign in first`, of)
    case 'signed_out':
      return new CredentialError('not_signed_in', `${name}: signed out while the token was being obtained`, of)
    case 'reauthorization_required':
      return new CredentialError(
        'reauthorization_required',
        `${name}: the grant is no longer usable (${result.reason}); sign in again`,
        {
          ...of,
          reason: result.reason,
          since: result.since,
        },
      )
    case 'client_rejected':
      return rejectedError(result.rejection, name, of)
    case 'token_unavailable':
      return unavailableError(result, name, of)
    case 'store_unavailable':
      return storeError(result.reason, name, of)
    case 'record_unreadable':
      return new CredentialError(
        'record_unreadable',
        `${name}: the stored record cannot be read (${result.reason ?? 'it was left as it is'})`,
        of,
      )
    case 'timeout':
    case 'nothing':
      return new CredentialError('timeout', `${name}: no token within "maxWaitMs"`, of)
  }
}

type Of = { vendor: string; account: string }

function rejectedError(
  rejection: Extract<NegativeResult, { type: 'client_rejected' }>['rejection'],
  name: string,
  of: Of,
): CredentialError {
  const { oauthError, description, status } = rejection
  const words = wordsOf(rejection) || 'status unknown'
  const message = `${name}: the vendor refuses the configured client or sign-in (${words}); check its id, secret and password`
  return new CredentialError('client_rejected', message, { ...of, oauthError, description, status })
}

function unavailableError(
  result: Extract<NegativeResult, { type: 'token_unavailable' }>,
  name: string,
  of: Of,
): CredentialError {
  const { retryAt, status, oauthError, description, reason } = result
  const words = wordsOf(result) || reason
  const message = `${name}: the token endpoint cannot be used now (${words}); try again after ${new Date(retryAt).toISOString()}`
  return new CredentialError('token_unavailable', message, { ...of, retryAt, status, oauthError, description })
}

/** `status 401, invalid_client: Unknown client.`, as far as it is known. */
function wordsOf({
  status,
  oauthError,
  description,
}: Pick<GrantFailure, 'status' | 'oauthError' | 'description'>): string {
  const words = [oauthError, description].filter((word) => word !== undefined).join(': ')
  return [status === undefined ? '' : `status ${status}`, words].filter(Boolean).join(', ')
}

function storeError(reason: string | undefined, name: string, of: Of): CredentialError {
  const message = `${name}: the token store cannot be used and no valid token is in memory (${reason ?? 'no answer'})`
  return new CredentialError('store_unavailable', message, of)
}
