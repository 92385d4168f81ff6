import { isAnswered, onCommitEvent } from './commit.ts'
import { onDegradedEvent, onNoteEvent, onRead, onReadingEvent, onStoreFailure } from './reading.ts'
import { onConvertEvent, onRequestEvent, proceed, send } from './request.ts'
import type { FlightEvent, FlightPolicy, FlightState, Need, Step } from './state.ts'
import { COMMIT_RETRY_MIN_MS, POLL_MIN_MS } from './timing.ts'
import { isTimer, landed, read, settle, stay, withEffects } from './transition.ts'

/** `id`: unique over all processes and times. */
export function beginFlight(id: string, need: Need, policy: FlightPolicy): FlightState {
  return {
    phase: 'reading',
    need,
    policy,
    id,
    claimCount: 0,
    startedAt: 0,
    pollMs: POLL_MIN_MS,
    timers: { next: 1 },
    renewal: 'idle',
    commitDelayMs: COMMIT_RETRY_MIN_MS,
  }
}

/** The whole protocol: what a flight does next. Pure; the shell executes the effects and reports what came of them. */
export function step(state: FlightState, event: FlightEvent): Step {
  switch (state.phase) {
    case 'reading':
      return onReadingEvent(state, event)
    case 'pausing':
      return isTimer(state, 'pause', event) ? read(state) : stay(state)
    case 'noting':
    case 'releasing':
      return onNoteEvent(state, event)
    case 'claiming':
      return onClaimingEvent(state, event)
    case 'checking':
      return onCheckingEvent(state, event)
    case 'requesting':
      return onRequestEvent(state, event)
    case 'converting':
      return isAnswered(state) ? onConvertEvent(state, event) : stay(state)
    case 'committing':
      return isAnswered(state) ? onCommitEvent(state, event) : stay(state)
    case 'degraded':
      return onDegradedEvent(state, event)
    case 'done':
      return stay(state)
  }
}

function onClaimingEvent(state: FlightState, event: FlightEvent): Step {
  const { claim } = state
  if (!claim) return stay(state)
  switch (event.type) {
    case 'written':
      return proceed(
        { ...state, storeFailingSince: undefined, claim: { ...claim, known: landed(state, event.version) } },
        event,
      )
    case 'write-lost':
      return read({ ...state, claim: undefined })
    case 'write-unknown':
      return onStoreFailure({ ...state, claim: { ...claim, isUncertain: true } }, event, event.reason)
    default:
      return stay(state)
  }
}

/** In doubt: whoever sent this refresh token before may have stored its outcome between our read and our claim. */
function onCheckingEvent(state: FlightState, event: FlightEvent): Step {
  switch (event.type) {
    case 'read':
      if (event.known.version === state.claim?.known?.version) return send(state, event)
      return withEffects(
        [{ type: 'remember', known: event.known, own: false }],
        onRead({ ...state, claim: undefined }, event.known, event, event.isRejectionOurs),
      )
    case 'read-failed':
      return onStoreFailure({ ...state, claim: undefined }, event, event.reason)
    case 'unreadable':
      return settle(state, { type: 'unreadable' })
    default:
      return stay(state)
  }
}
