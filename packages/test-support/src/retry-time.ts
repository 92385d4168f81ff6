import type { VirtualClock } from '@valetkey/testing'

/** What lives by one clock. */
export interface Timed {
  readonly clock: VirtualClock
}

/** The longest pause before a quick retry of the token endpoint. */
const QUICK_RETRY_MS = 1000

/** Lets the time pass between quick retries until `promise` is settled. */
export function overRetries<T>({ clock }: Timed, promise: Promise<T>): Promise<T> {
  return clock.runUntil(promise, QUICK_RETRY_MS)
}

/** A failure is remembered for a second; no caller asks again before. */
const REMEMBERED_MS = 1000

/** Lets the time pass until the vendor may be asked again. */
export async function waitUntil({ clock }: Timed, retryAt: number): Promise<void> {
  await clock.advance(Math.max(retryAt - clock.now(), REMEMBERED_MS))
}
