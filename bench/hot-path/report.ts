import { median } from './measure.ts'

/** What one request cost the plain client and the subject at about the same time. */
export interface Pair {
  readonly plain: number
  readonly subject: number
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** A subject is compared with the plain client of its own round, since the machine may be slower in another one. */
export function overPlain(pairs: readonly Pair[]): Spread {
  return spreadOf(pairs.map(({ plain, subject }) => subject - plain))
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}

/** The same as a multiple of the plain client's cost. */
export function shareOfPlain(pairs: readonly Pair[]): Spread {
  return spreadOf(pairs.map(({ plain, subject }) => subject / plain))
}

export function plainCost(pairs: readonly Pair[]): number {
  return median(pairs.map(({ plain }) => plain))
}

/** A table as in Markdown; all columns but the first are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

export function formatSpread({ median: middle, min, max }: Spread, digits: number): string {
  return `${middle.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`
}
