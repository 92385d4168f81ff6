import { leaseDeadline, storedClaim } from './claim.ts'
import { type Answered, commit, isAnswered, onCommitEvent } from './commit.ts'
import type { FlightEffect, FlightEvent, FlightState, HeldClaim, Known, Moment, Step } from './state.ts'
import { PERSIST_GRACE_MS, RENEWAL_MS } from './timing.ts'
import { isTimer, landed, read, startTimer, stay, storeNow, withEffects, write } from './transition.ts'

/** With the claim stored: sends, or, when this refresh token may have been sent before, looks once more right before that. */
export function proceed(state: FlightState, at: Moment): Step {
  return state.claim !== undefined && state.claim.attempt > 1 ? read(state, 'checking') : send(state, at)
}

/** A process that was paused past its own lease sends nothing. */
export function send(state: FlightState, at: Moment): Step {
  const { claim } = state
  if (!claim?.known || at.mono > claim.deadline) return read({ ...state, claim: undefined })
  const requesting: FlightState = { ...state, phase: 'requesting', outcome: undefined, renewal: 'idle' }
  return withEffects([requestOf(claim)], startTimer(requesting, 'renewal', RENEWAL_MS))
}

function requestOf({ mode, refreshToken }: HeldClaim): FlightEffect {
  if (mode === 'issue') return { type: 'request', mode }
  if (refreshToken === undefined) throw new Error('a refresh needs a refresh token')
  return { type: 'request', mode, refreshToken }
}

/** While the token endpoint works the lease is renewed; the request is never given up early: that would lose its outcome. */
export function onRequestEvent(state: FlightState, event: FlightEvent): Step {
  if (event.type === 'answered') return onAnswered({ ...state, outcome: event.outcome }, event)
  if (isTimer(state, 'grace', event)) return isAnswered(state) ? onCommitEvent(state, event) : stay(state)
  if (isTimer(state, 'renewal', event)) return renew(state, event)
  const isRenewing = state.renewal === 'writing' || state.renewal === 'reading'
  if (!isRenewing || event.type === 'woke') return stay(state)
  const renewed = afterRenewal(state, event)
  if (isAnswered(renewed)) return commit({ ...renewed, renewal: 'idle' }, event)
  if (event.type === 'write-lost') return read(renewed, 'requesting')
  return renewed.renewal === 'idle' ? startTimer(renewed, 'renewal', RENEWAL_MS) : stay(renewed)
}

/** A renewal under way is waited for first: one flight has one store call at a time. */
function onAnswered(state: FlightState, at: Moment): Step {
  if (!isAnswered(state)) return stay(state)
  const withGrace = state.outcome.type === 'obtained' ? startTimer(state, 'grace', PERSIST_GRACE_MS) : stay(state)
  const isBusy = state.renewal === 'writing' || state.renewal === 'reading'
  if (isBusy || !isAnswered(withGrace.state)) return withGrace
  return withEffects(withGrace.effects, commit(withGrace.state, at))
}

function renew(state: FlightState, at: Moment): Step {
  const { claim } = state
  if (claim?.known?.record === undefined || state.outcome !== undefined) return stay(state)
  const known: Known = { ...claim.known, now: storeNow(claim.known, at.mono), mono: at.mono }
  const renewing: FlightState = { ...state, renewal: 'writing' }
  return write(renewing, 'requesting', known, { ...claim.known.record, claim: storedClaim(claim, known.now) })
}

/** A conflict: an earlier renewal landed after all, or another took over. Then renewing stops; the request goes on. */
function afterRenewal(state: FlightState, event: FlightEvent): FlightState {
  const { claim } = state
  if (!claim) return state
  switch (event.type) {
    case 'written':
      return { ...state, renewal: 'idle', claim: { ...claim, known: landed(state, event.version) } }
    case 'write-lost':
      return { ...state, renewal: 'reading', claim: { ...claim, known: undefined } }
    case 'read': {
      const isMine = event.known.record?.claim?.owner === claim.id
      return { ...state, renewal: isMine ? 'idle' : 'stopped', claim: { ...claim, known: event.known } }
    }
    case 'write-unknown':
    case 'read-failed':
    case 'unreadable':
      return {
        ...state,
        renewal: 'idle',
        claim: { ...claim, known: state.renewal === 'writing' ? claim.known : undefined },
      }
    default:
      return state
  }
}

/** The lease now says that the refresh token is dead and that the grant is being issued anew. */
export function onConvertEvent(state: Answered, event: FlightEvent): Step {
  if (event.type !== 'written') return onCommitEvent(state, event)
  const known = landed(state, event.version)
  const claim: HeldClaim = { ...state.claim, mode: 'issue', isRefreshDead: true, known, deadline: leaseDeadline(known) }
  const { outcome } = state
  const told: FlightEffect[] =
    outcome.type === 'failed' ? [{ type: 'failed', failure: outcome, generation: claim.generation }] : []
  return withEffects(told, send({ ...state, claim }, event))
}
