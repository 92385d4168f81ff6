import { type Clock, systemClock } from '@valetkey/core'

export interface SteppableClock extends Clock {
  /** Moves the wall clock and the monotonic clock forward. Sleepers sleep on in real time. */
  advance(ms: number): void
}

/** The machine's clock, which can be put forward: tokens expire without anybody waiting. */
export function steppableClock(): SteppableClock {
  const system = systemClock()
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
