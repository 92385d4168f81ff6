import { STORE_CALL_LIMIT_MS } from '../store.ts'

/** A silent holder keeps its lease this long; extended while the request runs. */
export const LEASE_MS: number = 15_000
/** A holder stops acting this long before its own lease ends. */
export const LEASE_MARGIN_MS: number = 2_000
export const EXTEND_MS: number = LEASE_MS / 3
/** An expired lease must be seen unchanged this long, on the own monotonic clock, before it is taken over. */
export const TAKEOVER_MS: number = 1_000
/** Callers get new tokens after this even if storing them still has to be retried. */
export const PERSIST_GRACE_MS: number = 2_000
/** A store that fails this long counts as down; one that is silent, with the first call. */
export const STORE_PATIENCE_MS: number = STORE_CALL_LIMIT_MS
export const STORE_RETRY_MS: number = 200
export const POLL_MIN_MS: number = 25
export const POLL_MAX_MS: number = 1_000
export const POLL_GROWTH: number = 1.6
/** Commits are retried faster than a takeover may happen, or an outage of the store costs the grant. */
export const COMMIT_RETRY_MIN_MS: number = 50
export const COMMIT_RETRY_MAX_MS: number = TAKEOVER_MS / 3
/** Once the lease has run out for that long, there is no hurry any more. */
export const COMMIT_LATE_RETRY_MS: number = 5_000
/** Renewed tokens that are refused this soon after their birth tell of an outage or a permission problem. */
export const STRIKE_AGE_MS: number = 60_000
export const STRIKE_LIMIT: number = 2
export const PROBE_INTERVAL_MS: number = 60_000
