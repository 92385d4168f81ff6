import { type Counts, sum } from '../vendors/counters.ts'
import type { ScenarioResult } from './scenario.ts'

/** What `--json` prints. Members are added, and neither renamed nor removed. Holds nothing secret. */
export interface OnceReport {
  /** Nothing failed, and no step cost more than it should. */
  readonly ok: boolean
  /** Of all vendors. */
  readonly totals: Counts
  readonly vendors: readonly VendorReport[]
}

export interface VendorReport extends Counts {
  readonly name: string
  readonly source: 'simulator' | 'live'
  readonly client: 'fetch' | 'axios' | 'ky'
  /** What was read last, one line per device. */
  readonly reading: readonly string[]
  /** What was done to a simulated vendor, and what it cost; none of a live one. */
  readonly steps: readonly (Counts & { readonly name: string })[]
  /** What failed, one sentence each. */
  readonly problems: readonly string[]
}

export function reportOf(results: readonly ScenarioResult[]): OnceReport {
  const vendors = results.map(({ vendor, steps, problems }): VendorReport => {
    const { vendor: name, source, client, reading, ...counts } = vendor.figures()
    const costs = steps.map(({ step, counts: cost }) => ({ name: step.name, ...cost }))
    return { name, source, client, ...counts, reading, steps: costs, problems }
  })
  return { ok: vendors.every(({ problems }) => problems.length === 0), totals: sum(vendors), vendors }
}
