import type { Failed, Obtained, ObtainedTokens, RotatedRefreshToken } from '../tokens/grant.ts'
import { lossPauseMs } from '../tokens/grant.ts'
import { emptyRecord, type GrantRecord, isBehind } from '../tokens/record.ts'
import {
  afterRefusal,
  afterRotation,
  afterSuccess,
  decide,
  type Intent,
  newLease,
  type RecordFacts,
  storedLease,
} from './records.ts'
import {
  advanced,
  type FlightEffect,
  type FlightEvent,
  type FlightResult,
  type FlightState,
  type HeldLease,
  isTimer,
  landed,
  type Moment,
  pause,
  read,
  type Snapshot,
  type Step,
  settle,
  startTimer,
  stay,
  withEffects,
  write,
} from './state.ts'
import * as timing from './timing.ts'

/** The whole protocol: what a flight does next. Pure; `run.ts` executes the effects and reports what came of them. */
export function step(state: FlightState, event: FlightEvent): Step {
  if (event.type === 'closing') return stay({ ...state, isClosing: true })
  switch (state.phase) {
    case 'reading':
      return onReading(state, event)
    case 'pausing':
      if (event.type === 'left') return settle(state, { type: 'timeout' })
      return isTimer(state, 'pause', event) ? read(state) : stay(state)
    case 'noting':
      return onNoting(state, event)
    case 'leasing':
      return onLeasing(state, event)
    case 'requesting':
      return onRequesting(state, event)
    case 'committing':
      return isAnswered(state) ? onCommitting(state, event) : stay(state)
    case 'done':
      return stay(state)
  }
}

// --- what the store holds

function onReading(state: FlightState, event: FlightEvent): Step {
  const { lease } = state
  switch (event.type) {
    case 'start':
      return read({ ...state, startedAt: event.mono })
    case 'read': {
      const { snapshot } = event
      // In doubt: a process that sent this refresh token before may have stored its outcome between our read and our lease.
      if (lease?.snapshot && lease.snapshot.version === snapshot.version) return send(state, event)
      return withEffects([{ type: 'remember', snapshot, own: false }], onRecord(state, event))
    }
    case 'read_failed':
      return onStoreFailure(lease?.isUncertain ? state : { ...state, lease: undefined }, event)
    case 'record_unreadable':
      return settle(state, { type: 'record_unreadable', reason: event.reason })
    default:
      return stay(state)
  }
}

function onRecord(state: FlightState, event: FlightEvent & { readonly type: 'read' }): Step {
  const { lease } = state
  const { snapshot, newest } = event
  if (lease?.isUncertain) {
    if (snapshot.record?.claim?.owner === lease.id)
      return proceed({ ...state, lease: { ...lease, isUncertain: false, snapshot } }, event)
    if (state.hasAnswered && snapshot.version === lease.expected && isWorthFinding(state, lease, event))
      return pause(state, timing.LOOK_MS)
    if (state.hasAnswered) return settle(state, { type: 'timeout' })
  }
  const storeFailingSince = lease?.isUncertain ? state.storeFailingSince : undefined
  const free: FlightState = { ...state, lease: undefined, storeFailingSince, isRestoring: false }
  if (!isBehind(snapshot.record, newest)) return goOn(free, snapshot, event, event)
  return write({ ...free, isRestoring: true }, 'noting', snapshot, { ...newest, restored: true })
}

/** A write of unknown outcome may land late. Others wait for such a lease as long as it runs, unless this flight uses it. */
function isWorthFinding(state: FlightState, lease: HeldLease, at: Moment): boolean {
  const { isClosing, storeFailingSince = at.mono } = state
  const isOver = isClosing && at.mono - storeFailingSince >= timing.STORE_PATIENCE_MS
  return lease.isUncertain && !isOver && at.mono <= lease.deadline + timing.LEASE_MARGIN_MS
}

function goOn(state: FlightState, snapshot: Snapshot, at: Moment, facts: RecordFacts): Step {
  const decided = decide(state, snapshot, at, facts)
  return 'mode' in decided ? takeLease(decided, snapshot) : decided
}

/** What memory holds is served meanwhile; a grant whose refresh token rotates is never refreshed without the store. */
function onStoreFailure(state: FlightState, at: FlightEvent & { type: 'read_failed' | 'write_unknown' }): Step {
  const { lease, goal, hasAnswered, storeFailingSince = at.since } = state
  const { reason, isMistake } = at
  const failing: FlightState = { ...state, storeFailingSince }
  if (isMistake)
    return withEffects([{ type: 'degraded', reason }], settle(failing, { type: 'store_unavailable', reason }))
  const isFindable = lease !== undefined && isWorthFinding(failing, lease, at)
  const hasTime = at.mono + timing.STORE_RETRY_MS - storeFailingSince < timing.STORE_PATIENCE_MS
  if ((!goal.soft || isFindable) && hasTime) return pause(failing, timing.STORE_RETRY_MS)
  const result: FlightResult = { type: 'store_unavailable', reason, isDown: true }
  const effects: FlightEffect[] = hasAnswered ? [] : [{ type: 'degraded', reason }]
  if (!isFindable) return withEffects(effects, settle(failing, result))
  if (!hasAnswered) effects.push({ type: 'answer', result })
  return withEffects(effects, pause({ ...failing, hasAnswered: true }, timing.LOOK_MS))
}

function onNoting(state: FlightState, event: FlightEvent): Step {
  switch (event.type) {
    case 'written': {
      const snapshot = landed(state, event.version)
      const remember = { type: 'remember', snapshot, own: true } as const
      if (!state.isRestoring) return withEffects([remember], settle(state, { type: 'nothing' }))
      const wentBack = { type: 'went_back', generation: snapshot.record?.generation ?? 0 } as const
      return withEffects([remember, wentBack], read({ ...state, losses: 0 }))
    }
    case 'write_lost':
      return onLost(state, event)
    case 'write_unknown':
      return pause(state, timing.COMMIT_RETRY_MIN_MS)
    default:
      return stay(state)
  }
}

// --- the lease

/** One compare-and-set takes the lease, writes the intent, and proves that the store is writable before a token is spent. */
function takeLease({ state, mode, strikes }: Intent, snapshot: Snapshot): Step {
  const record = snapshot.record ?? emptyRecord(state.policy.key)
  const lease = newLease(state, snapshot, record, mode)
  const leased = { ...record, strikes, claim: storedLease(lease, snapshot.now) }
  return write({ ...state, lease, leaseCount: state.leaseCount + 1 }, 'leasing', snapshot, leased)
}

function onLeasing(state: FlightState, event: FlightEvent): Step {
  const { lease } = state
  if (!lease) return stay(state)
  switch (event.type) {
    case 'written': {
      const held = { ...lease, snapshot: landed(state, event.version) }
      return proceed({ ...state, losses: 0, storeFailingSince: undefined, lease: held }, event)
    }
    case 'write_lost':
      return onLost({ ...state, lease: undefined }, event)
    case 'write_unknown':
      return onStoreFailure({ ...state, lease: { ...lease, isUncertain: true } }, event)
    default:
      return stay(state)
  }
}

/** Another write came first: reads again, later and later if that goes on, and not for longer than a caller waits. */
function onLost(state: FlightState, at: Moment): Step {
  const losses = state.losses + 1
  const pauseMs = lossPauseMs(losses, at.random)
  if (pauseMs === 0) return read({ ...state, losses })
  if (state.goal.soft || at.mono - state.startedAt > state.policy.maxWaitMs) {
    return settle(state, { type: 'store_unavailable', reason: 'every write of this process is lost' })
  }
  return pause({ ...state, losses }, pauseMs)
}

// --- the token request

/** With the lease stored: sends, or, when this refresh token may have been sent before, reads again immediately before. */
function proceed(state: FlightState, at: Moment): Step {
  return state.lease !== undefined && state.lease.attempt > 1 ? read(state) : send(state, at)
}

/** A process that was paused past its own lease sends nothing. */
function send(state: FlightState, at: Moment): Step {
  const { lease } = state
  if (!lease?.snapshot || at.mono > lease.deadline) return read({ ...state, lease: undefined })
  const { mode, refreshToken } = lease
  if (mode === 'refresh' && refreshToken === undefined) throw new Error('a refresh needs a refresh token')
  const requesting: FlightState = { ...state, phase: 'requesting', outcome: undefined, extending: 'idle' }
  const request: FlightEffect =
    refreshToken === undefined
      ? { type: 'request', mode: 'acquire' }
      : { type: 'request', mode: 'refresh', refreshToken }
  return withEffects([request], startTimer(requesting, 'extend', timing.EXTEND_MS))
}

/** While the token endpoint works the lease is extended; the request is never given up early: that would lose its outcome. */
function onRequesting(state: FlightState, event: FlightEvent): Step {
  if (event.type === 'answered') return onAnswered({ ...state, outcome: event.outcome, server: event.server }, event)
  if (isTimer(state, 'grace', event)) return isAnswered(state) ? onCommitting(state, event) : stay(state)
  if (isTimer(state, 'extend', event)) return extend(state, event)
  if (!isExtending(state) || event.type === 'woke') return stay(state)
  const extended = afterExtension(state, event)
  if (isAnswered(extended)) return commit({ ...extended, extending: 'idle' }, event)
  if (event.type === 'write_lost') return read(extended, 'requesting')
  return extended.extending === 'idle' ? startTimer(extended, 'extend', timing.EXTEND_MS) : stay(extended)
}

/** An extension under way is waited for first: one flight has one store call at a time. */
function onAnswered(state: FlightState, at: Moment): Step {
  if (!isAnswered(state)) return stay(state)
  const withGrace =
    state.outcome.type === 'obtained' ? startTimer(state, 'grace', timing.PERSIST_GRACE_MS) : stay(state)
  if (isExtending(state) || !isAnswered(withGrace.state)) return withGrace
  return withEffects(withGrace.effects, commit(withGrace.state, at))
}

function isExtending({ extending }: FlightState): boolean {
  return extending === 'writing' || extending === 'reading'
}

function extend(state: FlightState, at: Moment): Step {
  const { lease } = state
  if (lease?.snapshot?.record === undefined || state.outcome !== undefined) return stay(state)
  const snapshot = advanced(lease.snapshot, at)
  const extended = { ...lease.snapshot.record, claim: storedLease(lease, snapshot.now) }
  return write({ ...state, extending: 'writing' }, 'requesting', snapshot, extended)
}

/** A conflict: an earlier extension landed after all, or another took over. Then extending stops; the request goes on. */
function afterExtension(state: FlightState, event: FlightEvent): FlightState {
  const { lease } = state
  if (!lease) return state
  switch (event.type) {
    case 'written':
      return { ...state, extending: 'idle', lease: { ...lease, snapshot: landed(state, event.version) } }
    case 'write_lost':
      return { ...state, extending: 'reading', lease: { ...lease, snapshot: undefined } }
    case 'read': {
      const isMine = event.snapshot.record?.claim?.owner === lease.id
      return { ...state, extending: isMine ? 'idle' : 'stopped', lease: { ...lease, snapshot: event.snapshot } }
    }
    case 'write_unknown':
    case 'read_failed':
    case 'record_unreadable':
      return { ...state, extending: 'idle' }
    default:
      return state
  }
}

// --- storing the answer

/** A flight that holds a lease and has an answer. */
interface Answered extends FlightState {
  readonly lease: HeldLease
  readonly outcome: Obtained | Failed
}

function isAnswered(state: FlightState): state is Answered {
  return state.lease !== undefined && state.outcome !== undefined
}

/** Stores what the token endpoint said; repeated until it has landed or something newer took its place. */
function commit(state: Answered, at: Moment): Step {
  return state.lease.snapshot ? commitTo(state, state.lease.snapshot, at) : read(state, 'committing')
}

function onCommitting(state: Answered, event: FlightEvent): Step {
  if (isTimer(state, 'grace', event)) return deliverEarly(state)
  if (isTimer(state, 'pause', event)) return read(state, 'committing')
  switch (event.type) {
    case 'read':
      return commitTo(state, event.snapshot, event)
    case 'written':
      return finish(state, landed(state, event.version), event)
    case 'write_lost':
      return state.losses === 0 ? read({ ...state, losses: 1 }, 'committing') : retryCommit(state, event)
    case 'read_failed':
    case 'write_unknown':
      return retryCommit(state, event, event.since)
    case 'record_unreadable':
      return settle(state, { type: 'record_unreadable', reason: event.reason })
    default:
      return stay(state)
  }
}

/** A new refresh token is stored however late, or, once the process closes, within the store's patience; other tokens while the lease lasts. */
function retryCommit(state: Answered, at: Moment, since = at.mono): Step {
  const { outcome, lease, storeFailingSince = since } = state
  const isLate = at.mono > lease.deadline + timing.LEASE_MS
  const isPrecious = outcome.type === 'obtained' ? outcome.tokens.refreshToken !== undefined : isRotated(state, outcome)
  const isOver = state.isClosing && at.mono - storeFailingSince > timing.STORE_PATIENCE_MS
  if ((isLate && !isPrecious) || isOver) return settle(state, { type: 'store_unavailable' })
  const longestMs = isLate ? timing.COMMIT_LATE_RETRY_MS : timing.COMMIT_RETRY_MAX_MS
  const commitDelayMs = Math.min(state.commitDelayMs * 2, longestMs)
  return startTimer({ ...state, phase: 'committing', storeFailingSince, commitDelayMs }, 'pause', state.commitDelayMs)
}

function commitTo(state: Answered, snapshot: Snapshot, at: Moment): Step {
  const { record } = snapshot
  const { lease, outcome } = state
  if (record && (record.writtenBy === lease.id || record.setId === lease.id)) return finish(state, snapshot, at)
  const current = advanced(snapshot, at)
  if (outcome.type === 'obtained') {
    const { tokens } = outcome
    return commitNew(state, current, tokens, (before) => afterSuccess(before, lease, tokens))
  }
  if (!isRotated(state, outcome)) return commitFailed(state, outcome, current, at)
  const tokens = { accessToken: '', tokenType: 'Bearer', refreshToken: outcome.rotated.refreshToken }
  return commitNew(state, current, tokens, (before) => afterRotation(before, lease, outcome, current.now, at.random))
}

/** The answer could not be used, and its new refresh token is the only one that is left. */
function isRotated(
  { policy }: FlightState,
  outcome: Failed,
): outcome is Failed & { readonly rotated: RotatedRefreshToken } {
  return outcome.rotated !== undefined && policy.canRefresh
}

/**
 * Accepted by the identity of the token set, not by the lease: a holder whose lease ran out may have the only valid refresh
 * token. A record that vanished cannot be a sign-out (that leaves a tombstone): the store has lost it, and gets it back.
 */
function commitNew(
  state: Answered,
  snapshot: Snapshot,
  tokens: ObtainedTokens,
  successor: (record: GrantRecord) => GrantRecord,
): Step {
  const { lease } = state
  const record = snapshot.record ?? emptyRecord(state.policy.key)
  // An older record than the one of the lease: the store went back.
  const isOlder = snapshot.record === undefined || record.generation < lease.generation
  const isSame = record.setId === lease.setId || (isOlder && !record.signedOut)
  const isOlderSibling =
    lease.mode === 'refresh' && record.parent?.setId === lease.setId && record.parent.attempt < lease.attempt
  if (isSame || isOlderSibling) return write(state, 'committing', snapshot, successor(record))
  if (!record.signedOut) return read(withoutLease(state))
  return withEffects([{ type: 'revoke', tokens }], settle(state, { type: 'signed_out' }))
}

/** Another's newer record makes this failure meaningless: the loser's `invalid_grant` does not concern the winner's token. */
function commitFailed(state: Answered, outcome: Failed, snapshot: Snapshot, at: Moment): Step {
  const { lease } = state
  const { record, now } = snapshot
  if (record?.claim?.owner !== lease.id || record.setId !== lease.setId) return read(withoutLease(state))
  return write(state, 'committing', snapshot, afterRefusal(record, lease, outcome, now, at.random))
}

function finish(state: Answered, snapshot: Snapshot, at: Moment): Step {
  const { lease, outcome } = state
  const generation = snapshot.record?.generation ?? lease.generation
  const remember = { type: 'remember', snapshot, own: true } as const
  const current = advanced(snapshot, at)
  const { mode, leasedMono } = lease
  const request = { mode, generation, durationMs: at.mono - leasedMono, server: state.server }
  if (outcome.type === 'obtained')
    return withEffects([remember, { type: 'obtained', request }], settle(state, { type: 'tokens', snapshot }))
  const failed = { type: 'failed', failure: outcome, request } as const
  const facts = { isRejectionOurs: outcome.kind === 'client_rejected', isLeftOver: false }
  return withEffects([remember, failed], goOn(withoutLease(state), current, at, facts))
}

/** New tokens are not withheld for long because the store is slow; storing them goes on. */
function deliverEarly(state: Answered): Step {
  const { lease, outcome } = state
  if (outcome.type !== 'obtained' || lease.wasDelivered) return stay(state)
  const { generation, setId, leasedAt, leasedMono } = lease
  const record = lease.snapshot?.record ?? { ...emptyRecord(state.policy.key), generation, setId }
  const snapshot = { record: afterSuccess(record, lease, outcome.tokens), now: leasedAt, mono: leasedMono }
  return { state: { ...state, lease: { ...lease, wasDelivered: true } }, effects: [{ type: 'deliver', snapshot }] }
}

function withoutLease(state: FlightState): FlightState {
  return { ...state, lease: undefined, outcome: undefined, pending: undefined, losses: 0, storeFailingSince: undefined }
}
