import type { Clock, StoreRead, TokenStore } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'
import type { Fault } from '../faults/fault.ts'
import { between, chance } from '../random.ts'

/** A replica is in step, then stands still, by turns. */
const IN_STEP_MS = { least: 2_000, most: 5_000 }
const STILL_MS = { least: 200, most: 1_500 }
const UNHEARD_SHARE = 0.03
const JUMP_EVERY_MS = { least: 3_000, most: 8_000 }
const JUMP_MS = 120_000

/** The store as `faults` let a process see it, until `calm` aborts. */
export function disturbedStore(store: TokenStore, faults: ReadonlySet<Fault>, calm: AbortSignal): TokenStore {
  const replica = laggingReads(store, calm)
  return {
    ...store,
    get: faults.has('lag') ? replica : (key) => store.get(key),
    async compareAndSet(...write) {
      const result = await store.compareAndSet(...write)
      if (faults.has('unheard') && !calm.aborted && chance(UNHEARD_SHARE)) throw new Error('the answer was lost')
      return result
    },
  }
}

/** Reads of a replica that at times shows nothing that was written since it stands still. */
function laggingReads({ get }: TokenStore, calm: AbortSignal): TokenStore['get'] {
  const still = new Map<string, StoreRead>()
  let standsStillAt = performance.now() + between(IN_STEP_MS.least, IN_STEP_MS.most)
  let inStepAt = standsStillAt + between(STILL_MS.least, STILL_MS.most)
  return async (key) => {
    const now = performance.now()
    if (now >= inStepAt) {
      still.clear()
      standsStillAt = now + between(IN_STEP_MS.least, IN_STEP_MS.most)
      inStepAt = standsStillAt + between(STILL_MS.least, STILL_MS.most)
    }
    if (now < standsStillAt || calm.aborted) return get(key)
    const read = await get(key)
    const shown = still.get(key) ?? read
    still.set(key, shown)
    return { ...shown, now: read.now }
  }
}

/** The machine's clock, set wrong again and again until `calm` aborts. */
export function jumpingClock(calm: AbortSignal): Clock {
  let offsetMs = 0
  let jumpsAt = performance.now() + between(JUMP_EVERY_MS.least, JUMP_EVERY_MS.most)
  return {
    ...systemClock,
    now() {
      if (calm.aborted) return Date.now()
      if (performance.now() >= jumpsAt) {
        offsetMs = between(-JUMP_MS, JUMP_MS)
        jumpsAt = performance.now() + between(JUMP_EVERY_MS.least, JUMP_EVERY_MS.most)
      }
      return Date.now() + offsetMs
    },
  }
}
