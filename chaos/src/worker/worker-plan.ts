import type { Fault } from '../faults/fault.ts'
import type { StoreAddress } from '../open-store.ts'

/** The one argument of a worker, as JSON. */
export interface WorkerPlan {
  /** Which life of which process this is. */
  readonly name: string
  readonly vendorOrigin: string
  readonly accounts: readonly string[]
  readonly store: StoreAddress
  /** Concurrent callers per account. */
  readonly callers: number
  /** Those that a process suffers from the inside. */
  readonly faults: readonly Fault[]
}

/** @throws if it is not JSON */
export function readPlan(): WorkerPlan {
  const plan: WorkerPlan = JSON.parse(process.argv[2] ?? '')
  return plan
}
