import type { Clock } from './clock.ts'
import { type ExpiryWindows, hardExpiry, softExpiry } from './expiry.ts'
import type { Known } from './flight/state.ts'
import type { StoredTokens } from './record.ts'

/** A use this long after the last read re-reads in the background: another process's sign-out takes effect by then. */
const READ_AGAIN_MS = 30_000

/** Tokens in this process's memory, with the limits of their use on both of its clocks. */
export interface HeldTokens {
  readonly tokens: StoredTokens
  readonly generation: number
  /** Until then they are served without a thought. */
  readonly quietUntil: Instant
  readonly softExpiry: Instant
  readonly hardExpiry: Instant
  /** Unix ms by this machine's clock; absent: unknown lifetime. */
  readonly expiresAt?: number | undefined
}

/** One moment on both clocks. It has passed when either says so: monotonic clocks may stop in sleep, wall clocks step. */
export interface Instant {
  readonly wall: number
  readonly mono: number
}

export function holdTokens(
  tokens: StoredTokens,
  generation: number,
  known: Known,
  clock: Clock,
  windows: ExpiryWindows,
): HeldTokens {
  const wallNow = clock.now()
  const sinceRead = clock.monotonic() - known.mono
  const instant = (storeTime: number): Instant => {
    const fromRead = storeTime - known.now
    return { mono: known.mono + fromRead, wall: wallNow - sinceRead + fromRead }
  }
  const soft = softExpiry(tokens, windows)
  return {
    tokens,
    generation,
    quietUntil: instant(Math.min(soft, known.now + READ_AGAIN_MS)),
    softExpiry: instant(soft),
    hardExpiry: instant(hardExpiry(tokens, windows)),
    expiresAt: tokens.expiresAt === undefined ? undefined : Math.round(instant(tokens.expiresAt).wall),
  }
}

export function hasPassed(instant: Instant, clock: Clock): boolean {
  return clock.now() >= instant.wall || clock.monotonic() >= instant.mono
}
