import { type SteppableClock, steppableClock } from './steppable-clock.ts'

/** Short, so that the page shows a refresh twice a minute; long enough that no slow machine meets an unplanned one. */
export const SIMULATED_LIFETIME_S = 30

/** A vendor's limit of 120 requests an hour would end the simulation within minutes. */
export const UNLIMITED: number = Number.POSITIVE_INFINITY

/** The clock of a simulated vendor and of its credential, and the step by which all its tokens expire. */
export function simulatedTime(): { readonly clock: SteppableClock; readonly expireTokens: () => void } {
  const clock = steppableClock()
  return { clock, expireTokens: () => clock.advance(SIMULATED_LIFETIME_S * 1000) }
}
