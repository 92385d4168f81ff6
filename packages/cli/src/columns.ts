const GAP = 2

/** Rows of texts, each column as wide as its widest text. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)))
  const line = (row: readonly string[]) => row.map((text, index) => text.padEnd((widths[index] ?? 0) + GAP)).join('')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}
