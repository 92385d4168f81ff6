import { formatSpread, type Spread } from '../runner/numbers.ts'
import { type Section, table } from '../runner/section.ts'

export interface SizeRow {
  readonly subject: string
  /** Brotli, bytes; undefined: for Node only. */
  readonly bytes?: number
  readonly goalKb?: number
  /** ms over a process that imports nothing. */
  readonly importMs: Spread
  readonly importCpuMs: Spread
}

const GOAL_IMPORT_MS = 20

export const sizeAndStart: Section<SizeRow> = {
  name: 'size-and-start',
  title: 'Size and start-up',
  about: `_Size_: what a program loads when it starts, minified and compressed with Brotli 11. _Import_: how much longer a fresh process takes that imports it, from the installed packages, over one that imports nothing;
medians and ranges. [docs/sizes.md](sizes.md) has all sizes, which are budgets that CI checks.`,
  table(rows) {
    return table(
      ['', 'size, kB', 'import, ms', 'import, ms of CPU'],
      rows.map(({ subject, bytes, importMs, importCpuMs }) => [
        subject,
        bytes === undefined ? 'Node only' : (bytes / 1000).toFixed(1),
        formatSpread(importMs, 0),
        formatSpread(importCpuMs, 0),
      ]),
    )
  },
  goals(rows) {
    const sizes = rows.flatMap(({ subject, bytes, goalKb }) => {
      if (goalKb === undefined || bytes === undefined) return []
      const isMet = bytes <= goalKb * 1000
      return [
        {
          what: `size: ${subject}`,
          goal: `≤ ${goalKb} kB`,
          seen: `${(bytes / 1000).toFixed(1)} kB`,
          isMet,
          times: bytes / (goalKb * 1000),
        },
      ]
    })
    const core = rows.find(({ subject }) => subject === 'valetkey: core + fetch')
    if (!core) return sizes
    const { median } = core.importMs
    const goal = `≤ ${GOAL_IMPORT_MS} ms over an empty process`
    const seen = `${median.toFixed(0)} ms (${core.importCpuMs.median.toFixed(0)} ms of CPU)`
    return [
      ...sizes,
      {
        what: 'cold import of core + fetch',
        goal,
        seen,
        isMet: median <= GOAL_IMPORT_MS,
        times: median / GOAL_IMPORT_MS,
      },
    ]
  },
}
