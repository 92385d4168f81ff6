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
/**
 * A process that waits for another's refresh reads again after so long, and then each time after this share of the time that it
 * has waited: most token endpoints answer at once, and one that is slow may take its time. A holder that is alive writes as often
 * as the longest step.
 */
export const POLL_MIN_MS: number = 25
export const POLL_SHARE = 0.65
export const POLL_MAX_MS: number = LEASE_MS / 3
/** With a store that tells: a holder that has not been heard for so long is looked for. */
export const HEARD_MS: number = 1.5 * EXTEND_MS
/** Between looks for a lease whose writer does not know what became of it. */
export const LOOK_MS: number = 1_000
/** Commits are retried faster than a takeover may happen, or an outage of the store costs the grant. */
export const COMMIT_RETRY_MIN_MS: number = 50
export const COMMIT_RETRY_MAX_MS: number = TAKEOVER_MS / 3
/** Once the lease has run out for that long, there is no hurry any more. */
export const COMMIT_LATE_RETRY_MS: number = 5_000
/** Renewed tokens that are refused this soon after they were issued indicate an outage or a permission problem. */
export const STRIKE_AGE_MS: number = 60_000
export const STRIKE_LIMIT: number = 2
export const PROBE_INTERVAL_MS: number = 60_000
