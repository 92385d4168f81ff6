import type { Fault } from '../faults/fault.ts'
import { between, chance } from '../random.ts'

/** How the token endpoint treats one request. Times in ms. */
export interface Treatment {
  /** An answer before anything is done. */
  readonly refusal?: 429 | 500
  readonly beforeMs: number
  readonly afterMs: number
  /** What becomes of the answer once the vendor has rotated. */
  readonly loss?: 'drop' | 502
}

/** How long the endpoint takes when all is well. */
export interface Latency {
  readonly leastMs: number
  readonly mostMs: number
}

/** Of 100 requests. */
const PERCENT = { limit: 4, error: 6, lost: 6, slow: 8, verySlow: 0.5 }
const SLOW = { leastMs: 500, mostMs: 4_000 }
/** Longer than a lease. */
const VERY_SLOW = { leastMs: 16_000, mostMs: 22_000 }

/** The treatment of the next request under these faults. */
export function nextTreatment(latency: Latency, faults: ReadonlySet<Fault>): Treatment {
  const total = between(latency.leastMs, latency.mostMs)
  const beforeMs = Math.random() * total
  const usual: Treatment = { beforeMs, afterMs: total - beforeMs }
  const strikes = (fault: Fault, percent: number) => faults.has(fault) && chance(percent / 100)
  if (strikes('limit', PERCENT.limit)) return { ...usual, refusal: 429 }
  if (strikes('error', PERCENT.error)) return { ...usual, refusal: 500 }
  if (strikes('lost', PERCENT.lost)) return { ...usual, loss: chance(0.5) ? 'drop' : 502 }
  // A request that the vendor takes up only after the lease of a dead process would come behind its successor's.
  if (strikes('slow', PERCENT.verySlow)) return { ...usual, afterMs: between(VERY_SLOW.leastMs, VERY_SLOW.mostMs) }
  if (!strikes('slow', PERCENT.slow)) return usual
  const slowMs = between(SLOW.leastMs, SLOW.mostMs)
  return chance(0.5) ? { ...usual, beforeMs: slowMs } : { ...usual, afterMs: slowMs }
}
