import { formatCount } from '../runner/numbers.ts'
import { type Section, table } from '../runner/section.ts'

export interface ProcessesRow {
  readonly subject: string
  readonly processes: number
  readonly requests: number
  /** Undefined: the store's server is not there. */
  readonly tokenCalls?: number
  readonly failed?: number
  readonly p99Ms?: number
  readonly maxMs?: number
  readonly isDead?: boolean
  /** Token calls that the lifetimes of the tokens ask for. */
  readonly allowedCalls: number
}

export const processes: Section<ProcessesRow> = {
  name: 'processes',
  title: 'Processes that share one grant',
  about: `Processes that all use one grant with strictly rotating refresh tokens, each 50 requests per second at a constant rate (64 processes: 10), tokens that live 3 s, a token endpoint that takes 100 ms. valetkey's processes
share a store; the peers have none, so that each process has a copy of the tokens. _Allowed_: the token calls that one careful process would make, which refreshes in the last fifth of a token's life, and one more.`,
  table(rows) {
    return table(
      ['', 'processes', 'token calls', 'allowed', 'failed', 'p99, ms', 'longest, ms', 'grant'],
      rows.map((row) => [
        row.subject,
        String(row.processes),
        row.tokenCalls === undefined ? 'no server' : formatCount(row.tokenCalls),
        String(row.allowedCalls),
        row.failed === undefined ? '' : `${formatCount(row.failed)} of ${formatCount(row.requests)}`,
        row.p99Ms?.toFixed(0) ?? '',
        row.maxMs?.toFixed(0) ?? '',
        row.isDead === undefined ? '' : row.isDead ? 'dead' : 'alive',
      ]),
    )
  },
  goals(rows) {
    const own = rows.filter(({ subject, tokenCalls }) => subject.includes('valetkey') && tokenCalls !== undefined)
    return own.map((row) => ({
      what: `${row.processes} processes, one strict grant: ${row.subject}`,
      goal: `≤ ${row.allowedCalls} token calls, 0 failed`,
      seen: `${row.tokenCalls} calls, ${row.failed} of ${formatCount(row.requests)} failed, p99 ${row.p99Ms?.toFixed(0)} ms`,
      isMet: (row.tokenCalls ?? 0) <= row.allowedCalls && row.failed === 0,
    }))
  },
}
