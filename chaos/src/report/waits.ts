import type { WaitCounts } from '../worker/worker-line.ts'

/** Buckets grow by 5 %, from 0.01 ms on. */
const LEAST_MS = 0.01
const GROWTH = Math.log(1.05)

/** The bucket of a wait of so many ms. */
export function waitBucket(ms: number): number {
  return ms <= LEAST_MS ? 0 : Math.ceil(Math.log(ms / LEAST_MS) / GROWTH)
}

/** The upper end of a bucket, in ms. */
function bucketEnd(bucket: number): number {
  return LEAST_MS * Math.exp(bucket * GROWTH)
}

/** Waits of many processes. */
export interface Waits {
  add(counts: WaitCounts): void
  counts(): WaitCounts
  /** Ms that this share of the waits did not exceed; 1: the longest. */
  quantile(share: number): number
}

export function createWaits(): Waits {
  const totals = new Map<number, number>()
  return {
    add(counts) {
      for (const [bucket, count] of Object.entries(counts)) {
        totals.set(Number(bucket), (totals.get(Number(bucket)) ?? 0) + count)
      }
    },
    counts: () => Object.fromEntries(totals),
    quantile(share) {
      const sorted = [...totals].toSorted(([a], [b]) => a - b)
      let left = share * sorted.reduce((sum, [, count]) => sum + count, 0)
      for (const [bucket, count] of sorted) {
        left -= count
        if (left <= 0) return bucketEnd(bucket)
      }
      return 0
    },
  }
}
