import type { Simulator } from '@valetkey/testing/simulators'
import type { Step } from '../once/steps.ts'
import { type SteppableClock, steppableClock } from './steppable-clock.ts'

/** Short, so that one sees tokens die; not all the same, so that they do not die together. s */
export const LIFETIMES_S = { flume: 60, bluesonde: 55, airthings: 50, m2m: 45, flowlu: 40 } as const

/** A vendor's limit of 120 requests an hour would end the simulation within minutes. */
export const UNLIMITED: number = Number.POSITIVE_INFINITY

/** A simulated vendor, and what only such a one lets one do. */
export interface Simulation {
  readonly simulator: Simulator
  /** What the scenario does to it, in this order. */
  readonly steps: readonly Step[]
  /** Of the simulator and of its credential. */
  readonly clock: SteppableClock
  /** Deletes the key at the vendor and puts another into the vault. */
  readonly replaceKey?: (() => void) | undefined
  /** What a person who allows it does in a browser. @param url of the consent page */
  readonly approve?: ((url: URL) => URL) | undefined
}

/** The clock of a simulated vendor and of its credential, and the step by which all its tokens expire. */
export function simulatedTime(lifetimeS: number): {
  readonly clock: SteppableClock
  readonly expireTokens: () => void
} {
  const clock = steppableClock()
  return { clock, expireTokens: () => clock.advance(lifetimeS * 1000) }
}

/** Of one that is younger, valetkey asks once more whether the API knows it by now. */
const KNOWN_MS = 3_000

/** The vendor revokes its tokens, which are a few seconds old by then. */
export function revokeTokens(simulator: Pick<Simulator, 'revokeAll'>, clock: SteppableClock): void {
  clock.advance(KNOWN_MS)
  simulator.revokeAll()
}
