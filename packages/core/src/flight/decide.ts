import { mustRenew, shouldRenew } from '../expiry.ts'
import type { GrantRecord, StoredClaim, StoredStrikes } from '../record.ts'
import { claim } from './claim.ts'
import type { FlightPolicy, FlightResult, FlightState, HeldClaim, Known, Moment, Step } from './state.ts'
import * as timing from './timing.ts'
import { pause, settle, write } from './transition.ts'

/** What to do about the record that the store holds now. */
export function decide(state: FlightState, known: Known, at: Moment, isRejectionOurs: boolean): Step {
  const { record, now } = known
  if (isUsable(state, record, now, state.need.soft)) return settle(state, { type: 'tokens', known })
  const wayOut = (otherwise: FlightResult) =>
    settle(state, isUsable(state, record, now, false) ? { type: 'tokens', known } : otherwise)
  const route = routeOf(state.policy, known)
  if (typeof route === 'object') return wayOut(route)
  if (isRejectionOurs && record?.rejection && record.rejection.until > now) {
    return wayOut({ type: 'rejected', rejection: record.rejection })
  }
  const busy = waitForOther(state, known, at, wayOut)
  if (busy) return busy
  const failing = waitForVendor(state, known, at, wayOut)
  if (failing) return failing
  return claimUnlessStruck(state, known, route)
}

function isUsable(state: FlightState, record: GrantRecord | undefined, now: number, soft: boolean): boolean {
  if (!record?.tokens || record.generation <= state.need.rejected) return false
  const isDue = soft && !record.dead ? shouldRenew : mustRenew
  return !isDue(record.tokens, now, state.policy.windows)
}

type NoRoute = Extract<FlightResult, { type: 'dead' | 'not-signed-in' }>

/** How new tokens can be had, or why they cannot. */
export function routeOf({ canIssue, canRefresh }: FlightPolicy, { record, now }: Known): HeldClaim['mode'] | NoRoute {
  const tokens = record?.tokens
  const hasExpired = tokens?.refreshExpiresAt !== undefined && tokens.refreshExpiresAt <= now
  if (canRefresh && tokens?.refreshToken !== undefined && !record?.dead && !hasExpired) return 'refresh'
  if (canIssue) return 'issue'
  if (record?.dead) return { type: 'dead', reason: record.dead.reason, since: record.dead.at }
  if (!tokens) return { type: 'not-signed-in' }
  return { type: 'dead', reason: hasExpired ? 'refresh_token_expired' : 'no_refresh_token', since: now }
}

type WayOut = (otherwise: FlightResult) => Step

function waitForOther(state: FlightState, known: Known, at: Moment, wayOut: WayOut): Step | undefined {
  const stored = known.record?.claim
  if (!stored || stored.until === 0) return undefined
  if (stored.until <= known.now) return observeExpired(state, stored, at)
  if (state.need.soft) return wayOut({ type: 'timeout' })
  if (at.mono - state.startedAt > state.policy.maxWaitMs) return settle(state, { type: 'timeout' })
  const jittered = state.pollMs * (0.75 + at.random / 2)
  const pollMs = Math.min(state.pollMs * timing.POLL_GROWTH, timing.POLL_MAX_MS)
  return pause({ ...state, pollMs }, Math.min(jittered, stored.until - known.now + 1), known)
}

/** A silent holder may only be paused. Clocks differ: its lease must also have run out on this process's own. */
function observeExpired(state: FlightState, stored: StoredClaim, at: Moment): Step | undefined {
  const claimText = `${stored.owner}/${stored.attempt}/${stored.until}`
  const observed = state.observed?.claim === claimText ? state.observed : { claim: claimText, since: at.mono }
  const remainingMs = timing.TAKEOVER_MS - (at.mono - observed.since)
  return remainingMs > 0 ? pause({ ...state, observed }, remainingMs) : undefined
}

function waitForVendor(state: FlightState, known: Known, at: Moment, wayOut: WayOut): Step | undefined {
  const failure = known.record?.failure
  if (!failure || failure.retryAt <= known.now) return undefined
  const retryInMs = failure.retryAt - known.now
  const isQuick = failure.count <= timing.QUICK_RETRIES_MS.length && retryInMs <= timing.QUICK_WAIT_MAX_MS
  const hasTime = at.mono - state.startedAt + retryInMs < state.policy.maxWaitMs
  if (isQuick && hasTime && !state.need.soft) return pause(state, retryInMs)
  return wayOut({ type: 'unavailable', retryInMs, status: failure.status, reason: failure.reason })
}

/** Two renewed sets refused soon after their birth: the API refuses good tokens, and more of them would not help (C12). */
function claimUnlessStruck(state: FlightState, known: Known, route: HeldClaim['mode']): Step {
  const { record, now } = known
  const previous = hasBeenAccepted(state, record) ? undefined : record?.strikes
  if (!record || !isRefusedBeforeExpiry(state, record, now))
    return claim(state, known, route, strikesInARow(record, previous))
  const count = strikeCount(state, record, now, previous)
  const { setId } = record
  if (count < timing.STRIKE_LIMIT) return claim(state, known, route, { count, setId, probeAt: 0 })
  const strikes: StoredStrikes = { count, setId, probeAt: now + timing.PROBE_INTERVAL_MS }
  if (previous === undefined || previous.count < timing.STRIKE_LIMIT)
    return write(state, 'noting', known, { ...record, strikes })
  return previous.probeAt > now ? settle(state, { type: 'nothing' }) : claim(state, known, route, strikes)
}

/** A set that was not refused until it expired ends the row. */
function strikesInARow(
  record: GrantRecord | undefined,
  previous: StoredStrikes | undefined,
): StoredStrikes | undefined {
  return previous?.setId === record?.setId ? previous : undefined
}

function hasBeenAccepted(state: FlightState, record: GrantRecord | undefined): boolean {
  return record !== undefined && state.need.accepted >= record.generation
}

function isRefusedBeforeExpiry(state: FlightState, record: GrantRecord, now: number): boolean {
  return (
    record.tokens !== undefined &&
    record.generation <= state.need.rejected &&
    !mustRenew(record.tokens, now, state.policy.windows)
  )
}

function strikeCount(
  state: FlightState,
  record: GrantRecord,
  now: number,
  previous: StoredStrikes | undefined,
): number {
  const { tokens } = record
  const before = previous?.count ?? 0
  if (previous?.setId === record.setId) return before
  const isYoung = tokens?.isRenewal === true && now - tokens.issuedAt < timing.STRIKE_AGE_MS
  if (isYoung && !hasBeenAccepted(state, record)) return before + 1
  return before >= timing.STRIKE_LIMIT ? before : 0
}
