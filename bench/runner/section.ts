import { parseArgs } from 'node:util'

/** One line of the table of goals. */
export interface Goal {
  readonly what: string
  readonly goal: string
  readonly seen: string
  readonly isMet: boolean
  /** What was seen over the goal, or the goal over what was seen, so that above 1 is worse than the goal. */
  readonly times?: number
}

/** What a folder of the bench measures; its `main.ts` prints `{ rows }` with `--json`. */
export interface Section<Row> {
  /** The folder, and the name on the command line. */
  readonly name: string
  readonly title: string
  /** What was done and what the columns are: Markdown, before the table. */
  readonly about: string
  /** Of Node, for its program. */
  readonly flags?: readonly string[]
  /** Markdown. */
  table(rows: readonly Row[]): string
  goals(rows: readonly Row[]): readonly Goal[]
}

/** With the type of its rows forgotten: they come from JSON. */
export type AnySection = Section<never>

export interface SectionOptions {
  readonly isFull: boolean
  readonly isJson: boolean
}

/** `--full` measures longer, `--json` prints what was measured instead of the table. */
export function sectionOptions(): SectionOptions {
  const { values } = parseArgs({
    options: { full: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  })
  return { isFull: values.full, isJson: values.json }
}

export function printSection<Row>(section: Section<Row>, rows: readonly Row[], { isJson }: SectionOptions): void {
  console.log(
    isJson ? JSON.stringify({ rows }, undefined, 2) : `${section.table(rows)}\n\n${goalTable(section.goals(rows))}`,
  )
}

export function goalTable(goals: readonly Goal[]): string {
  if (goals.length === 0) return ''
  const rows = goals.map(({ what, goal, seen, isMet, times }) => {
    const missed = times === undefined ? '**no**' : `**no**, ${times.toFixed(2)}× the goal`
    return [what, goal, seen, isMet ? 'yes' : missed]
  })
  return table(['', 'goal', 'seen', 'met'], rows)
}

/** A table as in Markdown; so many columns are text, the others numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], texts = 1): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    column < texts ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`
  const rule = widths.map((width, column) => (column < texts ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [head, rule, ...rows].map(line).join('\n')
}
