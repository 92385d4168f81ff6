/** How long things stay broken, ms. */
export interface Durations {
  readonly downMs: number
  /** How long the token endpoint takes while it is slow: shorter than the rest of a token's lifetime while it is refreshed. */
  readonly slowMs: number
  readonly limitMs: number
  /** For how long a slow endpoint stays slow, and failures count as broken on purpose. */
  readonly brokenMs: number
  /** Between two readings of a simulated vendor. */
  readonly pollMs: number
}

export const DURATIONS: Durations = { downMs: 20_000, slowMs: 2_000, limitMs: 3_000, brokenMs: 8_000, pollMs: 1_000 }

/** A live vendor allows 120 requests an hour to all programs of a user; three requests each ten minutes leave room for them. */
export const LIVE_POLL_MS = 600_000
