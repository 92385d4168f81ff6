import { type Section, table } from '../runner/section.ts'

export interface StoreCallsRow {
  readonly what: string
  readonly reads: number
  readonly writes: number
  /** Times that a process waited for another's write. */
  readonly waits: number
  readonly tokenCalls: number
  readonly allowedReads: number
  readonly allowedWrites: number
}

export const storeCalls: Section<StoreCallsRow> = {
  name: 'store-calls',
  title: 'What the store is asked',
  about: `Reads and writes of the store for what happens to one credential, counted. A write is one compare-and-set: one to take the lease, one to store the new tokens.`,
  table(rows) {
    return table(
      ['', 'reads', 'writes', 'waits', 'token calls'],
      rows.map((row) => [row.what, ...[row.reads, row.writes, row.waits, row.tokenCalls].map(String)]),
    )
  },
  goals(rows) {
    return rows.map((row) => ({
      what: `store calls: ${row.what}`,
      goal: `≤ ${row.allowedReads} reads, ≤ ${row.allowedWrites} writes`,
      seen: `${row.reads} reads, ${row.writes} writes`,
      isMet: row.reads <= row.allowedReads && row.writes <= row.allowedWrites,
    }))
  },
}
