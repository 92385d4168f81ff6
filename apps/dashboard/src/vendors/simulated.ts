import type { Simulator } from '@valetkey/testing/simulators'
import type { SteppableClock } from './steppable-clock.ts'

/** Short, so that tokens are seen to end; different, so that they do not end together. s */
export const LIFETIMES_S = { flume: 60, bluesonde: 55, airthings: 50, m2m: 45, flowlu: 40 } as const

/** A vendor's limit of 120 requests an hour would end the simulation within minutes. */
export const UNLIMITED: number = Number.POSITIVE_INFINITY

/** A simulated vendor, and what only such a one lets one do. */
export interface Simulation {
  readonly simulator: Simulator
  /** Of the simulator and of its credential. */
  readonly clock: SteppableClock
  /** Of its tokens. Absent: it takes a key. */
  readonly lifetimeMs?: number
  /** It does not say how long its tokens live. */
  readonly isSilent?: true
  /** Deletes the key at the vendor and puts another into the vault. */
  readonly replaceKey?: (() => void) | undefined
  /** What a person who allows it does in a browser. @param url of the consent page */
  readonly approve?: ((url: URL) => URL) | undefined
}

/** For a younger token, valetkey asks a second time whether the API accepts it. */
const KNOWN_MS = 3_000

/** The vendor revokes its tokens, which are a few seconds old by then. */
export function revokeTokens(simulator: Pick<Simulator, 'revokeAll'>, clock: SteppableClock): void {
  clock.advance(KNOWN_MS)
  simulator.revokeAll()
}
