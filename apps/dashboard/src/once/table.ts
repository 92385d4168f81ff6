import type { Counts, Figures } from '../vendors/counters.ts'
import type { StepResult } from './scenario.ts'

/** The counted columns, in the order in which table and page show them. */
const COLUMNS: readonly { readonly title: string; readonly of: keyof Counts }[] = [
  { title: 'Requests', of: 'requests' },
  { title: 'Token calls', of: 'tokenCalls' },
  { title: 'Refreshes', of: 'refreshes' },
  { title: 'Replays', of: 'replays' },
  { title: 'Failures', of: 'failures' },
]

/** One row per vendor; a vendor with several devices has a line for each. */
export function figuresTable(figures: readonly Figures[]): string {
  const rows = figures.flatMap(({ vendor, source, client, reading, ...counts }) => {
    const [first = '-', ...others] = reading
    const row = [`${vendor} (${source})`, client, ...COLUMNS.map(({ of }) => String(counts[of])), first]
    return [row, ...others.map((line) => [...row.slice(1).map(() => ''), line])]
  })
  return layOut([['Vendor', 'Client', ...COLUMNS.map(({ title }) => title), 'Read'], ...rows], 2)
}

/** One row per step of the scenario. */
export function stepsTable(steps: readonly StepResult[]): string {
  const rows = steps.map(({ vendor, step, counts }) => [vendor, step, ...COLUMNS.map(({ of }) => String(counts[of]))])
  return layOut([['Vendor', 'What happened', ...COLUMNS.map(({ title }) => title)], ...rows], 2)
}

/** Columns side by side; the counts, which begin at `firstCount`, are flush right. */
function layOut(rows: readonly (readonly string[])[], firstCount: number): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const isCount = (column: number) => column >= firstCount && column < firstCount + COLUMNS.length
  const pad = (text: string, column: number) =>
    isCount(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
