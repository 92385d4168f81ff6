const HOUR_MS = 3_600_000

export interface RateLimit {
  readonly limited: boolean
  readonly limit: number
  readonly remaining: number
  /** When the window ends, Unix ms. */
  readonly resetAt: number
}

export interface RateLimiter {
  /** Counts one request of `key` and says where that leaves it. */
  take(key: string): RateLimit
}

/** A fixed window of an hour per key, from the key's first request on; refused requests count as well. */
export function createRateLimiter(limit: number, now: () => number): RateLimiter {
  const windows = new Map<string, { used: number; resetAt: number }>()
  return {
    take(key) {
      const known = windows.get(key)
      const window = known && known.resetAt > now() ? known : { used: 0, resetAt: now() + HOUR_MS }
      window.used += 1
      windows.set(key, window)
      return {
        limited: window.used > limit,
        limit,
        remaining: Math.max(0, limit - window.used),
        resetAt: window.resetAt,
      }
    },
  }
}
