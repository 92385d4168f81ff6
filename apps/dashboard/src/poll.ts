import { setTimeout as sleep } from 'node:timers/promises'
import type { Vendor } from './vendor.ts'

/** Time between two readings, ms. */
export type PollIntervals = Readonly<Record<Vendor['source'], number>>

/** A live vendor allows 120 requests an hour to all programs of a user; three requests each ten minutes leave room for them. */
export const POLL_INTERVALS: PollIntervals = { simulator: 3_000, live: 600_000 }

/** Reads again and again until `signal` aborts. A reading that fails shows in the vendor's figures; the next one is not earlier for it. */
export async function poll(vendor: Vendor, intervals: PollIntervals, signal: AbortSignal): Promise<void> {
  while (await passes(intervals[vendor.source], signal)) await vendor.read(signal).catch(() => undefined)
}

/** False as soon as the signal aborts. */
function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false)
}
