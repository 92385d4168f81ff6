import type { GrantRecord } from '../record.ts'
import type { FlightEffect, FlightResult, FlightState, Known, Phase, Step } from './state.ts'

export function stay(state: FlightState): Step {
  return { state, effects: [] }
}

export function read(state: FlightState, phase: Phase = 'reading'): Step {
  return { state: { ...state, phase }, effects: [{ type: 'read' }] }
}

export function settle(state: FlightState, result: FlightResult): Step {
  return {
    state: { ...state, phase: 'done', claim: undefined, pending: undefined },
    effects: [{ type: 'settle', result }],
  }
}

/** Writes `record` over what is known; the answer arrives in `phase`. */
export function write(state: FlightState, phase: Phase, known: Known, record: GrantRecord): Step {
  const pending: Known = { record, now: known.now, mono: known.mono }
  return { state: { ...state, phase, pending }, effects: [{ type: 'write', expected: known.version, record }] }
}

/** What the store holds once the pending write has landed as `version`. */
export function landed(state: FlightState, version: string): Known {
  if (state.pending === undefined) throw new Error('no write is under way')
  return { ...state.pending, version }
}

type TimerName = 'pause' | 'renewal' | 'grace'

/** Starts a timer; an older one of that name is forgotten. */
export function startTimer(state: FlightState, name: TimerName, ms: number, known?: Known): Step {
  const timer = state.timers.next
  const timers = { ...state.timers, next: timer + 1, [name]: timer }
  const change = known && { change: { version: known.version } }
  return { state: { ...state, timers }, effects: [{ type: 'pause', ms, timer, ...change }] }
}

export function isTimer(state: FlightState, name: TimerName, event: { type: string; timer?: number }): boolean {
  return event.type === 'woke' && event.timer === state.timers[name]
}

/** Reads again after `ms`; with `known`, as soon as the stored version is another. */
export function pause(state: FlightState, ms: number, known?: Known): Step {
  return startTimer({ ...state, phase: 'pausing' }, 'pause', ms, known)
}

export function withEffects(effects: readonly FlightEffect[], next: Step): Step {
  return { state: next.state, effects: [...effects, ...next.effects] }
}

/** The store's clock at this process's monotonic time `mono`, in whole ms. */
export function storeNow(known: Known, mono: number): number {
  return Math.floor(known.now + (mono - known.mono))
}
