import { givenBack } from './claim.ts'
import { reasonOf } from './committed-record.ts'
import { decide } from './decide.ts'
import { proceed } from './request.ts'
import type { FlightEvent, FlightState, Known, Moment, Step } from './state.ts'
import { COMMIT_RETRY_MIN_MS, STORE_PATIENCE_MS, STORE_RETRY_MS } from './timing.ts'
import { landed, pause, read, settle, stay, withEffects, write } from './transition.ts'

export function onReadingEvent(state: FlightState, event: FlightEvent): Step {
  switch (event.type) {
    case 'start':
      return read({ ...state, startedAt: event.mono })
    case 'read':
      return withEffects(
        [{ type: 'remember', known: event.known, own: false }],
        onRead(state, event.known, event, event.isRejectionOurs),
      )
    case 'read-failed':
      return onStoreFailure(state, event, event.reason)
    case 'unreadable':
      return settle(state, { type: 'unreadable' })
    default:
      return stay(state)
  }
}

export function onRead(state: FlightState, known: Known, at: Moment, isRejectionOurs: boolean): Step {
  const stored = known.record?.claim
  const { claim } = state
  if (claim?.isUncertain && stored?.owner === claim.id) {
    return proceed({ ...state, claim: { ...claim, isUncertain: false, known } }, at)
  }
  const free: FlightState = {
    ...state,
    claim: undefined,
    storeFailingSince: claim?.isUncertain ? state.storeFailingSince : undefined,
  }
  if (known.record && stored && stored.until > 0 && stored.owner.startsWith(`${state.id}:`)) {
    return write(free, 'releasing', known, { ...known.record, claim: givenBack(stored, false) })
  }
  return decide(free, known, at, isRejectionOurs)
}

/** `releasing`: an own claim that was not used is given back. `noting`: two strikes are written down. */
export function onNoteEvent(state: FlightState, event: FlightEvent): Step {
  switch (event.type) {
    case 'written':
      if (state.phase === 'releasing') return read(state)
      return withEffects(
        [{ type: 'remember', known: landed(state, event.version), own: true }],
        settle(state, { type: 'nothing' }),
      )
    case 'write-lost':
      return read(state)
    case 'write-unknown':
      return pause(state, COMMIT_RETRY_MIN_MS)
    default:
      return stay(state)
  }
}

/** What memory holds is served meanwhile; a grant whose refresh token rotates is never refreshed without the store. */
export function onStoreFailure(state: FlightState, at: Moment, reason: string | undefined): Step {
  const since = state.storeFailingSince ?? at.mono
  const failing: FlightState = { ...state, storeFailingSince: since }
  if (!state.need.soft && at.mono - since < STORE_PATIENCE_MS) return pause(failing, STORE_RETRY_MS)
  const canIssueAlone = state.policy.canIssue && !state.policy.canRefresh && !state.need.soft
  const next: Step = canIssueAlone
    ? { state: { ...failing, phase: 'degraded' }, effects: [{ type: 'request', mode: 'issue' }] }
    : settle(failing, { type: 'store', reason })
  return withEffects([{ type: 'degraded', reason }], next)
}

/** Without the store, tokens of a grant that spends nothing are obtained for this process alone. */
export function onDegradedEvent(state: FlightState, event: FlightEvent): Step {
  if (event.type !== 'answered') return stay(state)
  const { outcome } = event
  if (outcome.type === 'obtained') return settle(state, { type: 'unstored', tokens: outcome.tokens })
  if (outcome.kind === 'client_rejected') return settle(state, { type: 'rejected', rejection: outcome })
  const { status, retryAfterMs = STORE_PATIENCE_MS } = outcome
  return settle(state, { type: 'unavailable', retryInMs: retryAfterMs, status, reason: reasonOf(outcome) })
}
