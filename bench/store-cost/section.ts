import { type Section, table } from '../runner/section.ts'

export interface StoreCostRow {
  readonly store: string
  readonly refreshes: number
  /** Of the server, for one refresh: one read and two writes. */
  readonly cpuUs: number
  readonly bytesPerRecord: number
  /** Written to the log, for one refresh. */
  readonly logBytes?: number
}

export const storeCost: Section<StoreCostRow> = {
  name: 'store-cost',
  title: 'What a refresh costs the server of the store',
  about: `One read, one write that takes the lease, and one that stores the new tokens, by one connection, one after the other; an access token of 780 characters, a record of 1.2 kB. _CPU_ is processor time of the server.
[What follows from it at scale](scale.md).`,
  table(rows) {
    return table(
      ['', 'refreshes', 'CPU per refresh, µs', 'bytes per record', 'log bytes per refresh'],
      rows.map(({ store, refreshes, cpuUs, bytesPerRecord, logBytes }) => [
        store,
        String(refreshes),
        cpuUs.toFixed(0),
        bytesPerRecord.toFixed(0),
        logBytes?.toFixed(0) ?? '',
      ]),
    )
  },
  goals: () => [],
}
