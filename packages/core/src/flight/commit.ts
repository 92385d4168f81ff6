import { emptyRecord, type GrantRecord } from '../record.ts'
import { storedClaim } from './claim.ts'
import { afterDeath, afterFailure, afterRejection, afterSuccess } from './committed-record.ts'
import { decide } from './decide.ts'
import type { Failed, FlightEvent, FlightState, HeldClaim, Known, Moment, Obtained, Step } from './state.ts'
import { COMMIT_RETRY_MAX_MS, LEASE_MS } from './timing.ts'
import { isTimer, landed, read, settle, startTimer, stay, storeNow, withEffects, write } from './transition.ts'

/** A flight that holds a claim and has an answer. */
export interface Answered extends FlightState {
  readonly claim: HeldClaim
  readonly outcome: Obtained | Failed
}

export function isAnswered(state: FlightState): state is Answered {
  return state.claim !== undefined && state.outcome !== undefined
}

/** Stores what the token endpoint said; repeated until it has landed or something newer took its place. */
export function commit(state: Answered, at: Moment): Step {
  return state.claim.known ? commitTo(state, state.claim.known, at) : read(state, 'committing')
}

export function onCommitEvent(state: Answered, event: FlightEvent): Step {
  if (isTimer(state, 'grace', event)) return deliverEarly(state)
  if (isTimer(state, 'pause', event)) return read(state, 'committing')
  switch (event.type) {
    case 'read':
      return commitTo(state, event.known, event)
    case 'written':
      return finish(state, landed(state, event.version), event)
    case 'write-lost':
      return read(state, 'committing')
    case 'read-failed':
    case 'write-unknown':
      return retryCommit(state, event)
    case 'unreadable':
      return settle(state, { type: 'unreadable' })
    default:
      return stay(state)
  }
}

/** A failure that cannot be noted is not worth more than the lease; tokens are, for as long as the process lives. */
function retryCommit(state: Answered, at: Moment): Step {
  if (state.outcome.type === 'failed' && at.mono > state.claim.deadline + LEASE_MS)
    return settle(state, { type: 'store' })
  const commitDelayMs = Math.min(state.commitDelayMs * 2, COMMIT_RETRY_MAX_MS)
  return startTimer({ ...state, phase: 'committing', commitDelayMs }, 'pause', state.commitDelayMs)
}

function commitTo(state: Answered, known: Known, at: Moment): Step {
  const { record } = known
  const { claim, outcome } = state
  if (record && (record.writtenBy === claim.id || record.setId === claim.id)) return finish(state, known, at)
  const current: Known = { ...known, now: storeNow(known, at.mono), mono: at.mono }
  return outcome.type === 'obtained'
    ? commitObtained(state, outcome, current)
    : commitFailed(state, outcome, current, at)
}

/**
 * Accepted by the identity of the token set, not by the lease: a holder whose lease ran out may have the only valid refresh
 * token. A record that vanished cannot be a sign-out (that leaves a tombstone): the store has lost it, and gets it back.
 */
function commitObtained(state: Answered, outcome: Obtained, known: Known): Step {
  const { claim } = state
  const record = known.record ?? emptyRecord(state.policy.key)
  const isSame = known.record === undefined || record.setId === claim.setId
  const isOlderSibling =
    claim.mode === 'refresh' && record.parent?.setId === claim.setId && record.parent.attempt < claim.attempt
  if (isSame || isOlderSibling) return write(state, 'committing', known, afterSuccess(record, claim, outcome.tokens))
  if (!record.signedOut) return read(withoutClaim(state))
  return withEffects([{ type: 'revoke', tokens: outcome.tokens }], settle(state, { type: 'signed-out' }))
}

/** Another's newer record makes this failure meaningless: the loser's `invalid_grant` says nothing about the winner's token. */
function commitFailed(state: Answered, outcome: Failed, known: Known, at: Moment): Step {
  const { claim } = state
  const { record } = known
  if (record?.claim?.owner !== claim.id || record.setId !== claim.setId) return read(withoutClaim(state))
  if (outcome.kind === 'client_rejected') {
    return write(state, 'committing', known, afterRejection(record, claim, outcome, known.now))
  }
  if (outcome.kind === 'unavailable') {
    return write(state, 'committing', known, afterFailure(record, claim, outcome, known.now, at.random))
  }
  if (claim.attempt === 1 && state.policy.canIssue && claim.mode === 'refresh') return convert(state, known, record)
  return write(state, 'committing', known, afterDeath(record, claim, outcome, known.now))
}

/** The refresh token is dead and the grant can issue: under the same claim, its lease renewed. */
function convert(state: Answered, known: Known, record: GrantRecord): Step {
  const claim: HeldClaim = { ...state.claim, mode: 'issue', isRefreshDead: true }
  const converted = { ...record, claim: storedClaim(claim, known.now) }
  return write(state, 'converting', known, converted)
}

function finish(state: Answered, known: Known, at: Moment): Step {
  const { claim, outcome } = state
  const generation = known.record?.generation ?? claim.generation
  const remember = { type: 'remember', known, own: true } as const
  if (outcome.type === 'obtained') {
    const durationMs = storeNow(known, at.mono) - claim.claimedAt
    const obtained = { type: 'obtained', mode: claim.mode, generation, durationMs } as const
    return withEffects([remember, obtained], settle(state, { type: 'tokens', known }))
  }
  const current: Known = { ...known, now: storeNow(known, at.mono), mono: at.mono }
  const failed = { type: 'failed', failure: outcome, generation } as const
  return withEffects([remember, failed], decide(withoutClaim(state), current, at, outcome.kind === 'client_rejected'))
}

/** New tokens are not withheld for long because the store is slow; storing them goes on. */
function deliverEarly(state: Answered): Step {
  const { claim, outcome } = state
  if (outcome.type !== 'obtained' || claim.wasDelivered) return stay(state)
  const record = claim.known?.record ?? {
    ...emptyRecord(state.policy.key),
    generation: claim.generation,
    setId: claim.setId,
  }
  const known: Known = {
    record: afterSuccess(record, claim, outcome.tokens),
    now: claim.claimedAt,
    mono: claim.claimedMono,
  }
  return { state: { ...state, claim: { ...claim, wasDelivered: true } }, effects: [{ type: 'deliver', known }] }
}

function withoutClaim(state: FlightState): FlightState {
  return { ...state, claim: undefined, outcome: undefined, pending: undefined }
}
