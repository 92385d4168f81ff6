import { ownMembers } from '../members.ts'
import type { Failed, ObtainedTokens, RotatedRefreshToken } from '../tokens/grant.ts'
import {
  holdsBack,
  QUICK_RETRIES_MS,
  QUICK_WAIT_MAX_MS,
  REJECTION_MAX_MS,
  rejectionHoldMs,
  retryWaitMs,
} from '../tokens/grant.ts'
import {
  ACQUIRE_BASE,
  type GrantRecord,
  mergeExtra,
  mustRenew,
  type StoredClaim,
  type StoredFailure,
  type StoredStrikes,
  type StoredTokens,
  shouldRenew,
  unknownMembers,
} from '../tokens/record.ts'
import {
  type FlightFact,
  type FlightPolicy,
  type FlightResult,
  type FlightState,
  type HeldLease,
  type Moment,
  pause,
  reasonOf,
  type Seen,
  type Snapshot,
  type Step,
  settle,
  write,
} from './state.ts'
import { accessSetOf, othersUnder } from './targets.ts'
import * as timing from './timing.ts'
// --- what a stored record means for a flight

/** Facts that the record does not contain. */
export type RecordFacts = Pick<FlightFact & { readonly type: 'read' }, 'isRejectionOurs' | 'isLeftOver'>

/** To take the lease, with these strikes. */
export interface Intent {
  readonly state: FlightState
  readonly mode: HeldLease['mode']
  readonly strikes: StoredStrikes | undefined
}

/** What to do about the record that the store holds now. */
export function decide(state: FlightState, snapshot: Snapshot, at: Moment, facts: RecordFacts): Step | Intent {
  const { record, now } = snapshot
  if (isUsable(state, record, now, state.goal.soft)) return settle(state, { type: 'tokens', snapshot })
  const wayOut: WayOut = (otherwise) =>
    settle(state, isUsable(state, record, now, false) ? { type: 'tokens', snapshot } : otherwise)
  const route = routeOf(state.policy, snapshot)
  if (typeof route === 'object') return wayOut(route)
  if (facts.isRejectionOurs && record?.rejection && holdsBack(record.rejection.until, now, REJECTION_MAX_MS)) {
    return wayOut({ type: 'client_rejected', rejection: record.rejection })
  }
  const other = facts.isLeftOver ? undefined : waitForOther(state, snapshot, at, wayOut)
  return other ?? waitForVendor(state, snapshot, at, wayOut) ?? leaseUnlessStruck(state, snapshot, route)
}

function isUsable({ goal, policy }: FlightState, record: GrantRecord | undefined, now: number, soft: boolean): boolean {
  if (!record?.tokens || accessSetOf(record).generation <= goal.rejected) return false
  const isDue = soft ? shouldRenew : mustRenew
  return !isDue(record.tokens, now, policy.windows)
}

type NoRoute = Extract<FlightResult, { type: 'reauthorization_required' | 'not_signed_in' }>

/** How new tokens can be had, or why they cannot. */
export function routeOf(
  { canAcquire, canRefresh }: FlightPolicy,
  { record, now }: Snapshot,
): HeldLease['mode'] | NoRoute {
  const tokens = record?.tokens
  const hasExpired = tokens?.refreshExpiresAt !== undefined && tokens.refreshExpiresAt <= now
  if (canRefresh && tokens?.refreshToken !== undefined && !record?.dead && !hasExpired) return 'refresh'
  if (canAcquire) return 'acquire'
  if (record?.dead) return { type: 'reauthorization_required', reason: record.dead.reason, since: record.dead.at }
  if (!tokens) return { type: 'not_signed_in' }
  return {
    type: 'reauthorization_required',
    reason: hasExpired ? 'refresh_token_expired' : 'no_refresh_token',
    since: now,
  }
}

type WayOut = (otherwise: FlightResult) => Step

function waitForOther(state: FlightState, snapshot: Snapshot, at: Moment, wayOut: WayOut): Step | undefined {
  const stored = snapshot.record?.claim
  if (!stored || stored.until === 0 || isOwn(state, stored)) return undefined
  const lease = watchedLease(state.seen, stored, snapshot)
  const remainingMs = lease.until - at.mono
  if (remainingMs <= 0) return undefined
  const { now, mono } = snapshot
  const watching: FlightState = { ...state, seen: { lease, storeAheadMs: state.seen.storeAheadMs ?? now - mono } }
  const leftMs = stored.until - now
  const waitedMs = at.mono - state.startedAt
  // Run out, or longer than any holder writes it on this clock: soon it is taken over. A holder that is alive changes it.
  if (leftMs > 0 && leftMs <= timing.LEASE_MS) {
    if (state.goal.soft) return wayOut({ type: 'timeout' })
    if (waitedMs > state.policy.maxWaitMs) return settle(state, { type: 'timeout' })
  }
  const pollMs = Math.max(waitedMs * timing.POLL_SHARE, timing.POLL_MIN_MS) * (0.75 + at.random / 2)
  return pause(watching, Math.min(pollMs, timing.POLL_MAX_MS, remainingMs), snapshot)
}

/**
 * A silent holder may only be paused, and the store's clock may jump. So a lease counts from the moment when it was first
 * seen, on the own clock, for the time that it had left then, which is at most its length.
 */
function watchedLease(
  { lease, storeAheadMs = Number.POSITIVE_INFINITY }: Seen,
  stored: StoredClaim,
  { now, mono }: Snapshot,
): NonNullable<Seen['lease']> {
  const id = `${stored.owner}/${stored.attempt}/${stored.until}`
  if (lease?.id === id) return lease
  const jumpedMs = now - mono - storeAheadMs
  const leftMs = stored.until - now + (jumpedMs > timing.TAKEOVER_MS ? jumpedMs : 0)
  return { id, until: mono + Math.min(Math.max(leftMs, 0), timing.LEASE_MS) + timing.TAKEOVER_MS }
}

/** Taken by this flight, which has sent nothing under it: what was sent is given back, or committed, under its own id. */
function isOwn({ id }: FlightState, { owner, until }: StoredClaim): boolean {
  return until > 0 && owner.startsWith(`${id}:`)
}

function waitForVendor(state: FlightState, snapshot: Snapshot, at: Moment, wayOut: WayOut): Step | undefined {
  const failure = snapshot.record?.failure
  if (!failure || !holdsBack(failure.retryAt, snapshot.now)) return undefined
  const retryInMs = failure.retryAt - snapshot.now
  const isQuick = failure.count <= QUICK_RETRIES_MS.length && retryInMs <= QUICK_WAIT_MAX_MS
  const hasTime = at.mono - state.startedAt + retryInMs < state.policy.maxWaitMs
  if (isQuick && hasTime && !state.goal.soft) return pause(state, retryInMs)
  const { status, oauthError, description, reason } = failure
  return wayOut({ type: 'token_unavailable', retryInMs, status, oauthError, description, reason })
}

// --- strikes: two renewed sets refused soon after they were issued. The API refuses valid tokens, and new ones would not help (C12).

function leaseUnlessStruck(state: FlightState, snapshot: Snapshot, mode: HeldLease['mode']): Step | Intent {
  const { record, now } = snapshot
  const access = record && accessSetOf(record)
  const wasAccepted = access !== undefined && state.goal.accepted >= access.generation
  const previous = wasAccepted ? undefined : record?.strikes
  const isRefusedBeforeExpiry =
    record?.tokens !== undefined &&
    accessSetOf(record).generation <= state.goal.rejected &&
    !mustRenew(record.tokens, now, state.policy.windows)
  // A set that was not refused until it expired ends the row.
  if (!isRefusedBeforeExpiry) return { state, mode, strikes: previous?.setId === access?.setId ? previous : undefined }
  const { setId } = accessSetOf(record)
  const count = strikeCount(record, now, previous, wasAccepted)
  if (count < timing.STRIKE_LIMIT) return { state, mode, strikes: { count, setId, probeAt: 0 } }
  const strikes: StoredStrikes = { count, setId, probeAt: now + timing.PROBE_INTERVAL_MS }
  if (previous === undefined || previous.count < timing.STRIKE_LIMIT)
    return write(state, 'noting', snapshot, { ...record, strikes })
  return holdsBack(previous.probeAt, now, timing.PROBE_INTERVAL_MS)
    ? settle(state, { type: 'nothing' })
    : { state, mode, strikes }
}

function strikeCount(
  record: GrantRecord,
  now: number,
  previous: StoredStrikes | undefined,
  wasAccepted: boolean,
): number {
  const before = previous?.count ?? 0
  const { tokens } = record
  const { setId } = accessSetOf(record)
  if (previous?.setId === setId) return before
  const isYoung = tokens?.isRenewal === true && now - tokens.issuedAt < timing.STRIKE_AGE_MS
  if (isYoung && !wasAccepted) return before + 1
  return before >= timing.STRIKE_LIMIT ? before : 0
}

// --- what is written

/** The lease that a flight is about to take on `record`. */
export function newLease(
  state: FlightState,
  snapshot: Snapshot,
  record: GrantRecord,
  mode: HeldLease['mode'],
): HeldLease {
  const wasSent = !record.claim || !isOwn(state, record.claim)
  return {
    id: `${state.id}:${state.leaseCount + 1}`,
    mode,
    attempt: mode === 'acquire' ? 1 : Math.max(attemptsOn(record) + (wasSent ? 1 : 0), 1),
    setId: record.setId,
    generation: Math.max(record.generation, state.goal.rejected),
    isFirst: record.tokens === undefined,
    refreshToken: mode === 'refresh' ? record.tokens?.refreshToken : undefined,
    expected: snapshot.version,
    // Measured from before the read: conservative.
    deadline: snapshot.mono + timing.LEASE_MS - timing.LEASE_MARGIN_MS,
    leasedAt: Math.floor(snapshot.now),
    leasedMono: snapshot.mono,
    wasDelivered: false,
    isUncertain: false,
  }
}

export function storedLease(held: HeldLease, now: number): StoredClaim {
  const base = held.mode === 'acquire' ? ACQUIRE_BASE : held.setId
  return { owner: held.id, attempt: held.attempt, base, until: now + timing.LEASE_MS }
}

/** How often the refresh token of this record may have been sent before. */
const attemptsOn = ({ claim, setId }: GrantRecord): number => (claim?.base === setId ? claim.attempt : 0)

/** The lease after its owner has given it back: doubts about what was sent stay on record. */
function givenBack(stored: StoredClaim, wasSent: boolean): StoredClaim | undefined {
  if (stored.base === ACQUIRE_BASE) return undefined
  const attempt = wasSent ? stored.attempt : stored.attempt - 1
  return attempt === 0 ? undefined : { ...stored, attempt, until: 0 }
}

/** The record once the new tokens are stored. */
export function afterSuccess(record: GrantRecord, lease: HeldLease, tokens: ObtainedTokens): GrantRecord {
  const { proofKey = record.proofKey } = tokens
  return { ...successor(record, lease, nextGeneration(record, lease), storedTokens(record, lease, tokens)), proofKey }
}

/** A record with a new refresh token. A foreign lease that is in doubt stays on it. */
function successor(record: GrantRecord, lease: HeldLease, generation: number, tokens: StoredTokens): GrantRecord {
  const isMine = record.claim?.owner === lease.id
  const wasSentByAnother = record.claim !== undefined || record.dead !== undefined
  return {
    ...unknownMembers(record),
    v: 1,
    key: record.key,
    generation,
    setId: lease.id,
    parent: lease.mode === 'refresh' ? { setId: lease.setId, attempt: lease.attempt } : undefined,
    tokens,
    proofKey: record.proofKey,
    contested: lease.attempt > 1 || (!isMine && wasSentByAnother) ? true : undefined,
    claim: isMine ? undefined : record.claim,
    strikes: record.strikes,
    imported: record.imported,
    others: othersUnder(lease.id, record),
    writtenBy: lease.id,
  }
}

/**
 * The record once it holds the new refresh token of an answer that could not be used otherwise. The access token stays as it
 * was, and so does its generation: where the API refused it, no other process takes it for a newer one.
 */
export function afterRotation(
  record: GrantRecord,
  lease: HeldLease,
  failure: Failed & { readonly rotated: RotatedRefreshToken },
  now: number,
  chance: number,
): GrantRecord {
  const { refreshToken, refreshLifetimeMs } = failure.rotated
  // Of an older life of the key: its access token has had a successor.
  const kept = record.generation < lease.generation ? undefined : record.tokens
  const generation = kept ? record.generation : nextGeneration(record, lease)
  const { strikes } = record
  return {
    ...successor(record, lease, generation, {
      ...(kept ?? { accessToken: '', tokenType: 'Bearer', issuedAt: lease.leasedAt }),
      refreshToken,
      refreshExpiresAt: refreshLifetimeMs === undefined ? undefined : lease.leasedAt + refreshLifetimeMs,
      set: kept?.set,
    }),
    // The same access token is counted once.
    strikes: kept && !kept.set && strikes?.setId === record.setId ? { ...strikes, setId: lease.id } : strikes,
    failure: nextFailure(record, failure, now, chance),
  }
}

/** First sets start at the store's clock: no process that remembers an older life of the key is ahead of it. */
function nextGeneration(record: GrantRecord, lease: HeldLease): number {
  const next = Math.max(record.generation, lease.generation) + 1
  return lease.isFirst ? Math.max(next, lease.leasedAt) : next
}

function storedTokens(record: GrantRecord, lease: HeldLease, tokens: ObtainedTokens): StoredTokens {
  const before = record.tokens
  const keepsRefresh = lease.mode === 'refresh' && tokens.refreshToken === undefined
  const { lifetimeMs, refreshLifetimeMs } = tokens
  return {
    accessToken: tokens.accessToken,
    tokenType: tokens.tokenType,
    issuedAt: lease.leasedAt,
    expiresAt: lifetimeMs === undefined ? undefined : lease.leasedAt + lifetimeMs,
    refreshToken: keepsRefresh ? lease.refreshToken : tokens.refreshToken,
    refreshExpiresAt:
      refreshLifetimeMs === undefined
        ? keepsRefresh
          ? before?.refreshExpiresAt
          : undefined
        : lease.leasedAt + refreshLifetimeMs,
    scopes: tokens.scopes ?? (lease.mode === 'refresh' ? before?.scopes : undefined),
    extra: lease.mode === 'refresh' ? mergeExtra(before?.extra, tokens.extra) : tokens.extra,
    isRenewal: lease.isFirst ? undefined : true,
    set: undefined,
  }
}

/** The record once it says what went wrong. `chance`: at least 0, below 1. */
export function afterRefusal(
  record: GrantRecord,
  lease: HeldLease,
  failure: Failed,
  now: number,
  chance: number,
): GrantRecord {
  switch (failure.kind) {
    case 'client_rejected':
      return afterRejection(record, lease, failure, now, chance)
    case 'token_unavailable':
      return afterFailure(record, lease, failure, now, chance)
    case 'reauthorization_required':
      return afterDeath(record, lease, failure, now)
  }
}

function afterFailure(
  record: GrantRecord,
  lease: HeldLease,
  failure: Failed,
  now: number,
  chance: number,
): GrantRecord {
  return {
    ...record,
    claim: record.claim && givenBack(record.claim, isAmbiguous(failure)),
    failure: nextFailure(record, failure, now, chance),
    writtenBy: lease.id,
  }
}

/** Sent, and no definitive answer: the vendor may have rotated the refresh token. A rate limit refuses before that. */
function isAmbiguous({ sent, status, oauthError }: Failed): boolean {
  return sent && status !== 429 && !(status === 503 && oauthError !== undefined)
}

function nextFailure(record: GrantRecord, failure: Failed, now: number, chance: number): StoredFailure {
  const count = (record.failure?.count ?? 0) + 1
  return {
    count,
    retryAt: now + retryWaitMs(count, failure.retryAfterMs, chance),
    at: now,
    status: failure.status,
    oauthError: failure.oauthError,
    description: failure.description,
    reason: reasonOf(failure),
  }
}

/** The vendor refused the client: nothing was spent, the grant lives on. */
function afterRejection(
  record: GrantRecord,
  lease: HeldLease,
  failure: Failed,
  now: number,
  chance: number,
): GrantRecord {
  const count = (record.rejection?.count ?? 0) + 1
  // Asked although a rejection held: that one was of another secret. Two wrong ones must not ask in turn.
  const isOfAnother = holdsBack(record.rejection?.until, lease.leasedAt, REJECTION_MAX_MS)
  const { by, salt, oauthError, description, status } = failure
  return {
    ...record,
    claim: record.claim && givenBack(record.claim, false),
    failure: isOfAnother ? nextFailure(record, failure, now, chance) : record.failure,
    rejection: { by, salt, count, until: now + rejectionHoldMs(count), at: now, oauthError, description, status },
    writtenBy: lease.id,
  }
}

/** The refresh token is not kept: no later write may bring it back. */
function afterDeath(record: GrantRecord, lease: HeldLease, failure: Failed, now: number): GrantRecord {
  const isOutcomeLost = lease.attempt > 1 || record.contested === true
  const otherwise = isOutcomeLost ? 'refresh_outcome_lost' : (failure.oauthError ?? 'invalid_grant')
  // An older copy of the store may have been used, and its refresh token spent twice.
  const reason = record.restored ? 'store_went_back' : otherwise
  const { tokens } = record
  return {
    ...record,
    tokens: tokens && ownMembers({ ...tokens, refreshToken: undefined, refreshExpiresAt: undefined }),
    claim: undefined,
    dead: { reason, at: now },
    writtenBy: lease.id,
  }
}
