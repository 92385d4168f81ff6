import { type Section, table } from '../runner/section.ts'

export interface WaitersRow {
  readonly subject: string
  /** Bytes of one of 10,000 waiters. */
  readonly bytes: number
  readonly drainMs: number
}

const GOAL = { bytes: 2000, drainMs: 40 }

export const waiters: Section<WaitersRow> = {
  name: 'waiters',
  title: 'Ten thousand waiters',
  about: `10,000 requests that wait for one refresh: what each takes of the heap, and how long it takes from the new token until all have their answer.`,
  flags: ['--conditions=@valetkey/source'],
  table(rows) {
    return table(
      ['', 'bytes each', 'until all are answered, ms'],
      rows.map(({ subject, bytes, drainMs }) => [subject, bytes.toFixed(0), drainMs.toFixed(1)]),
    )
  },
  goals(rows) {
    return rows
      .filter(({ subject }) => !subject.startsWith('careful'))
      .map(({ subject, bytes, drainMs }) => ({
        what: `10,000 waiters: ${subject}`,
        goal: `≤ ${GOAL.bytes} B each, ≤ ${GOAL.drainMs} ms`,
        seen: `${bytes.toFixed(0)} B, ${drainMs.toFixed(0)} ms`,
        isMet: bytes <= GOAL.bytes && drainMs <= GOAL.drainMs,
        times: Math.max(bytes / GOAL.bytes, drainMs / GOAL.drainMs),
      }))
  },
}
