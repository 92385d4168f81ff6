/**
 * What a run may do to its processes, its store and its vendor.
 * - `kill`: SIGKILL to a process, which is started again at once; half of them aimed at the holder of a lease
 * - `stop`: SIGSTOP, and SIGCONT later; some longer than a lease
 * - `restart`: the store's server dies without warning and comes back
 * - `partition`: the link of one process to the store refuses, stalls, or loses the replies; some longer than a lease
 * - `slow`: the token endpoint takes seconds
 * - `lost`: the vendor has rotated, and its answer never arrives or is a 502
 * - `error`: a 500 before anything was done
 * - `limit`: a 429 with `Retry-After`
 * - `freeze`: SIGSTOP for more than the 60 s that a token request may take
 * - `rollback`: the store holds again what it held some seconds before
 * - `lock`: another program locks the records for 8 s
 * - `lag`: a process reads from a replica that stands still for a moment, and writes to the primary
 * - `unheard`: a write is applied, and its process gets an error
 * - `clock`: the clock of a process jumps, up to two minutes ahead or back
 */
export const FAULTS = [
  'kill',
  'stop',
  'restart',
  'partition',
  'slow',
  'lost',
  'error',
  'limit',
  'freeze',
  'rollback',
  'lock',
  'lag',
  'unheard',
  'clock',
] as const
export type Fault = (typeof FAULTS)[number]
