import { type Section, table } from '../runner/section.ts'

/** What the child measured: memory, or `madeUs`. */
export interface AccountsRow {
  readonly subject: string
  /** Bytes of one of 100,000 accounts. */
  readonly inUse?: number
  readonly released?: number
  readonly gcMs?: number
  /** µs for one request with a credential made for it. */
  readonly madeUs?: number
}

const GOAL = { inUse: 2000, released: 100, madeUs: 6 }

export const accounts: Section<AccountsRow> = {
  name: 'accounts',
  title: 'A hundred thousand accounts',
  about: `What each of 100,000 accounts takes of the heap of one process while it is in use and after it was released, what a full collection takes then, and how long a credential takes that is made for one request. _memoryStore_ holds the text of each record until it is deleted, so the goals do not apply to it.`,
  flags: ['--conditions=@valetkey/source'],
  table(rows) {
    const memory = rows.filter(({ inUse }) => inUse !== undefined)
    const made = rows.filter(({ madeUs }) => madeUs !== undefined)
    const cellsOf = ({ subject, inUse, released, gcMs }: AccountsRow) => [
      subject,
      ...[inUse, released, gcMs].map((it) => it?.toFixed(0) ?? ''),
    ]
    const memoryTable = table(['', 'bytes each, in use', 'after release', 'collection, ms'], memory.map(cellsOf))
    const madeRows = made.map(({ subject, madeUs }) => [subject, madeUs?.toFixed(1) ?? ''])
    return `${memoryTable}\n\n${table(['made for a request', 'µs'], madeRows)}`
  },
  goals(rows) {
    return rows
      .filter(({ subject }) => !/^careful|memoryStore/.test(subject))
      .map(({ subject, inUse, released = 0, madeUs }) =>
        inUse === undefined
          ? {
              what: `made for a request: ${subject}`,
              goal: `≤ ${GOAL.madeUs} µs`,
              seen: `${madeUs?.toFixed(1)} µs`,
              isMet: (madeUs ?? Number.NaN) <= GOAL.madeUs,
              times: (madeUs ?? Number.NaN) / GOAL.madeUs,
            }
          : {
              what: `100,000 accounts, bytes each: ${subject}`,
              goal: `≤ ${GOAL.inUse} in use, ≤ ${GOAL.released} after release`,
              seen: `${inUse.toFixed(0)}, ${released.toFixed(0)}`,
              isMet: inUse <= GOAL.inUse && released <= GOAL.released,
              times: Math.max(inUse / GOAL.inUse, released / GOAL.released),
            },
      )
  },
}
