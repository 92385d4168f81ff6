import { formatCount } from '../runner/numbers.ts'
import { type Section, table } from '../runner/section.ts'

/** Fifty instances that wait, or processes that share a grant. */
export type StoreWaitingRow =
  | { readonly kind: 'instances'; readonly how: string; readonly round: string; readonly commands: number }
  | {
      readonly kind: 'processes'
      readonly how: string
      readonly processes: number
      readonly tokenCalls: number
      readonly failed: number
      readonly requests: number
      /** The longest wait of a first request, when all processes begin at once, and of the requests whose token was refused. */
      readonly firstMs: number
      readonly refusedMs: number
      readonly p99Ms: number
    }

const GOAL_COMMANDS = { without: 300, 'with a subscriber': 150 } as const
const GOAL_P99_MS = 200

export const storeWaiting: Section<StoreWaitingRow> = {
  name: 'store-waiting',
  title: 'Waiting for another process',
  about: `Fifty instances wait 20 s on Redis for one of them that refreshes: the commands that they send, without a subscriber and with one. Then 64 processes with 40 requests each that use one strict grant, whose token is refused half-way; a token call takes 100 ms. _First_ and _refused_: the longest wait of a process for its first token, when all begin at once, and for the token after the refused one.`,
  table(rows) {
    const instances = rows.filter((row) => row.kind === 'instances')
    const processes = rows.filter((row) => row.kind === 'processes')
    const waiting = table(
      ['50 instances', 'round', 'commands'],
      instances.map(({ how, round, commands }) => [how, round, formatCount(commands)]),
    )
    const sharing = table(
      ['processes', '', 'token calls', 'failed', 'first, ms', 'refused, ms', 'p99, ms'],
      processes.map((row) => [
        String(row.processes),
        row.how,
        String(row.tokenCalls),
        `${row.failed} of ${formatCount(row.requests)}`,
        String(row.firstMs),
        String(row.refusedMs),
        String(row.p99Ms),
      ]),
    )
    return `${waiting}\n\n${sharing}`
  },
  goals(rows) {
    return rows.map((row) => {
      if (row.kind === 'processes')
        return {
          what: `${row.processes} processes, one strict grant, ${row.how}`,
          goal: `≤ 3 token calls, 0 failed, p99 ≤ ${GOAL_P99_MS} ms`,
          seen: `${row.tokenCalls} calls, ${row.failed} of ${formatCount(row.requests)} failed, p99 ${row.p99Ms} ms`,
          isMet: row.tokenCalls <= 3 && row.failed === 0 && row.p99Ms <= GOAL_P99_MS,
        }
      const most = row.how === 'without' ? GOAL_COMMANDS.without : GOAL_COMMANDS['with a subscriber']
      return {
        what: `50 instances waiting 20 s, ${row.how}, ${row.round}: commands to Redis`,
        goal: `≤ ${most}`,
        seen: formatCount(row.commands),
        isMet: row.commands <= most,
        times: row.commands / most,
      }
    })
  },
}
