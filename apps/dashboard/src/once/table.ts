import { styleText } from 'node:util'
import type { Counts } from '../vendors/counters.ts'
import type { VendorReport } from './report.ts'
import type { Step } from './steps.ts'

export type Paint = (style: 'bold' | 'dim' | 'green' | 'red', text: string) => string

/** @param hasColor false: the text stays as it is */
export function paintFor(hasColor: boolean): Paint {
  return hasColor ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text
}

/** The counted columns, in the order in which table and page show them. */
const COLUMNS: readonly { readonly title: string; readonly of: keyof Counts }[] = [
  { title: 'Requests', of: 'requests' },
  { title: 'Token calls', of: 'tokenCalls' },
  { title: 'Refreshes', of: 'refreshes' },
  { title: 'Replays', of: 'replays' },
  { title: 'Failures', of: 'failures' },
]

/** One row per vendor; a vendor with several devices has a line for each. */
export function figuresTable(vendors: readonly VendorReport[], paint: Paint): string {
  const rows = vendors.flatMap(({ name, source, client, reading, ...counts }) => {
    const [first = '-', ...others] = reading
    const row = [`${name} (${source})`, client, ...cellsOf(counts), first]
    return [row, ...others.map((line) => [...row.slice(1).map(() => ''), line])]
  })
  return layOut([['Vendor', 'Client', ...COLUMNS.map(({ title }) => title), 'Read'], ...rows], paint)
}

/** One row per step of the scenario; empty where there is none. */
export function stepsTable(vendors: readonly VendorReport[], paint: Paint): string {
  const rows = vendors.flatMap(({ name, steps }) => steps.map((step) => [name, step.name, ...cellsOf(step)]))
  if (rows.length === 0) return ''
  return layOut([['Vendor', 'What happened', ...COLUMNS.map(({ title }) => title)], ...rows], paint)
}

const WORDS =
  'A replay is a request that the API refused and that was sent again with a newer token or key. A failure is\na request whose answer the program could not use.'

/** What one has to know to read the rows of the steps, each once. */
export function whatRowsShow(steps: readonly Pick<Step, 'name' | 'shows'>[], paint: Paint): string {
  const shown = new Map(steps.flatMap(({ name, shows }) => (shows === undefined ? [] : [[name, shows]])))
  const texts = [...shown].map(([name, shows]) => `${paint('bold', name)}\n${wrapped(shows)}`)
  return texts.length === 0 ? '' : [WORDS, ...texts].join('\n\n')
}

function cellsOf(counts: Counts): string[] {
  return COLUMNS.map(({ of }) => String(counts[of]))
}

/** Of both tables: the counts come after vendor and client, or vendor and step. */
const FIRST_COUNT = 2
const FAILURES = FIRST_COUNT + COLUMNS.findIndex(({ of }) => of === 'failures')

/** Columns side by side; the counts are flush right. */
function layOut(rows: readonly (readonly string[])[], paint: Paint): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const cell = (text: string, column: number, row: number) => {
    const isCount = column >= FIRST_COUNT && column <= FAILURES
    const padded = isCount ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)
    if (row === 0) return paint('bold', padded)
    if (column === FAILURES && text !== '') return paint(text === '0' ? 'green' : 'red', padded)
    return isCount && text === '0' ? paint('dim', padded) : padded
  }
  return rows
    .map((row, index) =>
      row
        .map((text, column) => cell(text, column, index))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const WIDTH = 96

/** In lines of at most `WIDTH`, two spaces in. */
function wrapped(text: string): string {
  const lines = text.match(new RegExp(`.{1,${WIDTH - 2}}(?: |$)`, 'g')) ?? []
  return lines.map((line) => `  ${line.trimEnd()}`).join('\n')
}
