import type { Clock } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'

/** The machine's clock, which a test may put forward. */
export interface MovableClock extends Clock {
  advance(ms: number): void
}

export function movableClock(): MovableClock {
  const system = systemClock
  let ahead = 0
  return {
    ...system,
    now: () => system.now() + ahead,
    monotonic: () => system.monotonic() + ahead,
    advance(ms) {
      ahead += ms
    },
  }
}
