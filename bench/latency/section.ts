import { formatSpread, median, spreadOf } from '../runner/numbers.ts'
import { type Section, table } from '../runner/section.ts'

/** Each array has one number per run. */
export interface LatencyRow {
  readonly subject: string
  readonly requests: number
  readonly expiries: number
  readonly p50Ms: readonly number[]
  readonly p99Ms: readonly number[]
  readonly maxMs: readonly number[]
  /** p99 of the plain client of the same kind that ran at the same time. */
  readonly plainP99Ms: readonly number[]
  readonly tokenCalls: readonly number[]
  /** Requests that took as long as the token endpoint. */
  readonly waited: number
  readonly failed: number
}

const GOAL = 1.1

export const latency: Section<LatencyRow> = {
  name: 'latency',
  title: 'Latency across expiries',
  about: `200 requests per second at a constant rate, tokens that live 5 s, a token endpoint that takes 300 ms and gives refresh tokens that may be used again, without which some peers would not last. What counts is the time from when a request was due. Each subject has a process and a vendor to itself and
runs at the same time as the plain client of the same kind. _Over plain_: p99 divided by the p99 of the plain client in the same run; the worst of the runs. _Took 300 ms_: requests that took as long as the token endpoint. The row _noise_ is the plain client next to itself.`,
  table(rows) {
    return table(
      ['', 'p50, ms', 'p99, ms', 'over plain', 'longest, ms', 'took 300 ms', 'token calls', 'expiries', 'failed'],
      rows.map((row) => [
        row.subject.endsWith(' plain') ? `${row.subject} (noise)` : row.subject,
        median(row.p50Ms).toFixed(1),
        row.p99Ms.length === 1 ? median(row.p99Ms).toFixed(1) : formatSpread(spreadOf(row.p99Ms), 1),
        `${Math.max(...ratiosOf(row)).toFixed(2)}×`,
        Math.max(...row.maxMs).toFixed(0),
        row.waited.toLocaleString('en-US'),
        row.tokenCalls.join(', '),
        String(row.expiries),
        String(row.failed),
      ]),
    )
  },
  goals(rows) {
    const own = rows.filter(({ subject }) => subject.includes('valetkey'))
    return own.flatMap((row) => {
      const waited = {
        what: `requests that waited for the token endpoint: ${row.subject}`,
        goal: 'none',
        seen: `${row.waited} of ${row.requests.toLocaleString('en-US')}`,
        isMet: row.waited === 0,
      }
      const worst = Math.max(...ratiosOf(row))
      const p99 = {
        what: `p99 across expiries: ${row.subject}, worst of ${row.p99Ms.length} runs`,
        goal: `≤ ${GOAL}× plain`,
        seen: `${worst.toFixed(2)}× (${Math.max(...row.p99Ms).toFixed(1)} ms, longest ${Math.max(...row.maxMs).toFixed(0)} ms)`,
        isMet: worst <= GOAL,
        times: worst / GOAL,
      }
      return [p99, waited]
    })
  },
}

function ratiosOf({ p99Ms, plainP99Ms }: LatencyRow): readonly number[] {
  return p99Ms.map((it, run) => it / (plainP99Ms[run] ?? Number.NaN))
}
