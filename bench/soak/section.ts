import { formatCount } from '../runner/numbers.ts'
import { type Section, table } from '../runner/section.ts'
import type { Soaked } from './child.ts'

export interface SoakRow extends Soaked {
  readonly subject: string
  readonly seconds: number
  readonly tokenCalls: number
  readonly refused: number
}

/** Beyond what plain grows by: code that is compiled late, and connections. */
const GOAL_BYTES = 500_000

export const soak: Section<SoakRow> = {
  name: 'soak',
  title: 'Soak',
  about: `16 requests in flight without a pause, tokens that live 1 s, of which every fourth is said to live 5 s and is refused after 3.5. _Heap_ is what a full collection leaves after two thirds of the time and at the end; _resources_ are timers, sockets and similar.`,
  table(rows) {
    return table(
      [
        '',
        'seconds',
        'requests',
        'refused',
        'failed',
        'token calls',
        'heap after two thirds, MB',
        'at the end, MB',
        'resources',
      ],
      rows.map(({ subject, seconds, requests, refused, failed, tokenCalls, before, end }) => [
        subject,
        String(seconds),
        formatCount(requests),
        formatCount(refused),
        formatCount(failed),
        formatCount(tokenCalls),
        (before.heapBytes / 1e6).toFixed(2),
        (end.heapBytes / 1e6).toFixed(2),
        `${before.resources}, ${end.resources}`,
      ]),
    )
  },
  goals(rows) {
    return rows
      .filter(({ subject }) => subject.includes('valetkey'))
      .map(({ subject, before, end, requests, tokenCalls }) => {
        const grown = end.heapBytes - before.heapBytes
        return {
          what: `soak: ${subject}, heap grown in the last third of ${formatCount(requests)} requests and ${formatCount(tokenCalls)} refreshes`,
          goal: `≤ ${GOAL_BYTES / 1e6} MB`,
          seen: `${(grown / 1e6).toFixed(2)} MB`,
          isMet: grown <= GOAL_BYTES,
          times: grown / GOAL_BYTES,
        }
      })
  },
}
