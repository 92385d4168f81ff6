import { median } from '../runner/numbers.ts'
import { type Section, table } from '../runner/section.ts'

export const DIRECTIONS = ['down', 'up stream', 'up buffer'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** Each array has one number per round. */
export interface StreamingRow {
  readonly client: string
  readonly name: string
  readonly direction: Direction
  readonly megabytes: number
  readonly wallMs: readonly number[]
  readonly cpuMs: readonly number[]
  readonly peakMb: readonly number[]
}

const GOAL = 0.95

export const streaming: Section<StreamingRow> = {
  name: 'streaming',
  title: 'Large bodies',
  about: `1 GB down as a stream, 200 MB up as a stream, and 200 MB up as one buffer, each in a fresh process, to a server on this machine. _Throughput_ and _CPU_ are shares of the plain client of the same kind;
CPU is the plain client's processor time over the subject's. _Memory_ is how much the process grew at its largest. A stream is sent once; a buffer can be replayed after a refusal.`,
  table(rows) {
    return table(
      ['', 'body', 'throughput', 'CPU', 'memory, MB'],
      rows.map((row) => [
        `${row.client} ${row.name}`,
        row.direction,
        shareOf(rows, row, 'wallMs').toFixed(2),
        shareOf(rows, row, 'cpuMs').toFixed(2),
        median(row.peakMb).toFixed(0),
      ]),
    )
  },
  goals(rows) {
    return rows
      .filter(({ name }) => name === 'valetkey')
      .map((row) => {
        const share = shareOf(rows, row, 'wallMs')
        const cpu = shareOf(rows, row, 'cpuMs')
        return {
          what: `streaming: ${row.client}, ${row.megabytes} MB ${row.direction}, throughput`,
          goal: `≥ ${GOAL}× plain`,
          seen: `${share.toFixed(2)}× (by CPU ${cpu.toFixed(2)}×)`,
          isMet: share >= GOAL,
          times: GOAL / share,
        }
      })
  },
}

/** 0.95: takes 1/0.95 of what the plain client takes. */
function shareOf(rows: readonly StreamingRow[], row: StreamingRow, key: 'wallMs' | 'cpuMs'): number {
  const plain = rows.find(
    ({ client, name, direction }) => client === row.client && name === 'plain' && direction === row.direction,
  )
  return median(plain?.[key] ?? []) / median(row[key])
}
