import type { Clock } from './clock.ts'
import type { Outcome, TrackedFlight } from './flights.ts'

/** A flight in which nothing happened for this long is no longer relied on: on Workers its request may have ended. */
const SILENCE_MS = 2_000

export interface WaitLimits {
  readonly clock: Clock
  /** Monotonic ms. */
  readonly deadline: number
  readonly signal: AbortSignal | null | undefined
}

/** A flight that has ended, and how. */
export interface Ended {
  readonly flight: TrackedFlight
  readonly outcome: Outcome
}

/** Waits for the first of `flights`: its outcome, `silent` when the newest (the first) is, or `late`. @throws `signal.reason` */
export async function waitForAny(
  flights: readonly [TrackedFlight, ...TrackedFlight[]],
  limits: WaitLimits,
): Promise<Ended | 'silent' | 'late'> {
  const stop = new AbortController()
  const ends = flights.map((flight) => flight.outcome.then((outcome) => ({ flight, outcome })))
  try {
    return await Promise.race([...ends, alarm(flights[0], limits, stop.signal), abortion(limits.signal, stop.signal)])
  } finally {
    // A reason saves the error that would be made for each caller.
    stop.abort(null)
  }
}

async function alarm(
  flight: TrackedFlight,
  { clock, deadline }: WaitLimits,
  stop: AbortSignal,
): Promise<'silent' | 'late'> {
  while (!stop.aborted) {
    const leftMs = deadline - clock.monotonic()
    if (leftMs <= 0) return 'late'
    await clock.sleep(Math.min(leftMs, SILENCE_MS), stop)
    if (clock.monotonic() - flight.progressAt() >= SILENCE_MS) return 'silent'
  }
  return 'late'
}

function abortion(signal: AbortSignal | null | undefined, stop: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: stop })
  })
}
