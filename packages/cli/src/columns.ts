import { printable } from './printable.ts'

const GAP = 2

/** Lines of rows of texts, each column as wide as its widest text. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const shown = rows.map((row) => row.map(printable))
  const widths = (shown[0] ?? []).map((_, index) => Math.max(...shown.map((row) => (row[index] ?? '').length)))
  const line = (row: readonly string[]) => row.map((text, index) => text.padEnd((widths[index] ?? 0) + GAP)).join('')
  return shown.map((row) => line(row).trimEnd())
}
