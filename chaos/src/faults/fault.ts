/**
 * What a run may do to its processes, its store and its vendor.
 * - `kill`: SIGKILL to a process, which is started again at once; half of them aimed at the holder of a claim
 * - `stop`: SIGSTOP, and SIGCONT later; some longer than a lease
 * - `restart`: the store's server dies without warning and comes back
 * - `partition`: the link of one process to the store refuses, stalls, or loses the replies; some longer than a lease
 * - `slow`: the token endpoint takes seconds
 * - `lost`: the vendor has rotated, and its answer never arrives or is a 502
 * - `error`: a 500 before anything was done
 * - `limit`: a 429 with `Retry-After`
 */
export const FAULTS = ['kill', 'stop', 'restart', 'partition', 'slow', 'lost', 'error', 'limit'] as const
export type Fault = (typeof FAULTS)[number]
