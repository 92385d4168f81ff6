import { type Section, table, tablesIn } from '../runner/section.ts'

/** One of `Memory` and `Made`. */
interface AccountsRow {
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
  about: `What each of 100,000 accounts takes of the heap of one process while it is in use and after it was released, what a full collection takes then, and how long a credential takes that is made for one request.`,
  program: {
    flags: ['--conditions=@valetkey/source'],
    args: () => [],
    parse(output) {
      const [memory = [], made = []] = tablesIn(output).map((each) => each.slice(1))
      return [
        ...memory.map(([subject = '', inUse, released, gcMs]) => ({
          subject,
          inUse: Number(inUse),
          released: Number(released),
          gcMs: Number(gcMs),
        })),
        ...made.map(([subject = '', us]) => ({ subject, madeUs: Number(us) })),
      ]
    },
  },
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
      .filter(({ subject }) => !subject.startsWith('careful'))
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
