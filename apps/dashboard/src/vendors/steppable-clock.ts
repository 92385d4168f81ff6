import type { Clock, TokenStore } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'

export interface SteppableClock extends Clock {
  /** Moves the wall clock forward. The monotonic clock goes on: what takes a second takes a second. */
  advance(ms: number): void
  /** By how much it was put forward, ms. */
  ahead(): number
}

/** The machine's clock, whose wall clock can be put forward, so that tokens expire at once. */
export function steppableClock(aheadMs = 0): SteppableClock {
  const system = systemClock
  let ahead = aheadMs
  return {
    ...system,
    now: () => system.now() + ahead,
    ahead: () => ahead,
    advance(ms) {
      ahead += ms
    },
  }
}

/** The store, whose own clock is put forward as well: it is that clock by which credentials tell what has expired. */
export function storeAt(store: TokenStore, clock: SteppableClock): TokenStore {
  return {
    ...store,
    async get(key) {
      const read = await store.get(key)
      return { ...read, now: read.now + clock.ahead() }
    },
  }
}
