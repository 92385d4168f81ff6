import type { ChaosRow } from './report.ts'

const COLUMNS: readonly (readonly [title: string, cell: (row: ChaosRow) => string])[] = [
  ['store', ({ store }) => store],
  ['vendor', ({ vendor }) => vendor],
  ['operations', ({ operations }) => whole(operations)],
  ['try again later', ({ unavailable }) => whole(unavailable)],
  ['token calls', ({ tokenCalls }) => whole(tokenCalls)],
  ['generations', ({ generations }) => whole(generations)],
  ['sent again', ({ repeated }) => whole(repeated)],
  ['forced re-authorizations', ({ forced }) => forcedText(forced)],
  ['lost', ({ lost }) => whole(lost)],
  ['unexplained', ({ unexplained }) => whole(unexplained.length)],
  ['wait p50', ({ waits }) => duration(waits.p50)],
  ['wait p99', ({ waits }) => duration(waits.p99)],
  ['longest', ({ waits }) => duration(waits.longest)],
]

/** The rows as a Markdown table. */
export function tableOf(rows: readonly ChaosRow[]): string {
  const titles = COLUMNS.map(([title]) => title)
  const cells = rows.map((row) => COLUMNS.map(([, cell]) => cell(row)))
  const rule = COLUMNS.map((_, index) => (index < 2 ? '---' : '---:'))
  return [titles, rule, ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

function forcedText(forced: ChaosRow['forced']): string {
  const total = Object.values(forced).reduce<number>((sum, count = 0) => sum + count, 0)
  const reasons = Object.entries(forced).map(([reason, count]) => `${count} × ${reason}`)
  return total === 0 ? '0' : `${total} (${reasons.join(', ')})`
}

function whole(number: number): string {
  return number.toLocaleString('en-US')
}

function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`
}
