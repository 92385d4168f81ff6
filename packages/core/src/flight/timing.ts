/** A silent holder keeps its claim this long; renewed while the request runs. */
export const LEASE_MS: number = 15_000
/** A holder stops acting this long before its own lease ends. */
export const LEASE_MARGIN_MS: number = 2_000
export const RENEWAL_MS: number = LEASE_MS / 3
/** An expired claim must be seen unchanged this long, on the own monotonic clock, before it is taken over. */
export const TAKEOVER_MS: number = 1_000
/** Callers get new tokens after this even if storing them still has to be retried. */
export const PERSIST_GRACE_MS: number = 2_000
/** A store that fails this long counts as down. */
export const STORE_PATIENCE_MS: number = 2 * PERSIST_GRACE_MS
export const STORE_RETRY_MS: number = 200
export const POLL_MIN_MS: number = 25
export const POLL_MAX_MS: number = 1_000
export const POLL_GROWTH: number = 1.6
/** Commits are retried faster than a takeover may happen, or an outage of the store costs the grant. */
export const COMMIT_RETRY_MIN_MS: number = 50
export const COMMIT_RETRY_MAX_MS: number = TAKEOVER_MS / 3
/** The first failures in a row are retried at once, more or less, so that a hiccup of the token endpoint costs no request. */
export const QUICK_RETRIES_MS: readonly number[] = [250, 500, 1_000]
/** A Retry-After up to this is waited for; a longer one fails the waiting callers, with the time. */
export const QUICK_WAIT_MAX_MS: number = 2_000
export const BACKOFF_MIN_MS: number = 1_000
export const BACKOFF_MAX_MS: number = 60_000
/** A refused sign-in is tried again after this, doubled each time: the vendor's side may have been mended. */
export const REJECTION_MIN_MS: number = 60_000
export const REJECTION_MAX_MS: number = 60 * 60_000
/** Renewed tokens that are refused this soon after their birth tell of an outage or a permission problem. */
export const STRIKE_AGE_MS: number = 60_000
export const STRIKE_LIMIT: number = 2
export const PROBE_INTERVAL_MS: number = 60_000
