import type { Latency, Mark } from '../state.ts'

export const TICK_MS = 500

/** 90 s: every simulated token dies within. */
const ROWS = 180

/** The slowest request of each vendor and half second, when tokens were replaced, and when requests failed. */
export interface LatencyLog {
  record(card: number, durationMs: number): void
  mark(card: number): void
  fail(card: number): void
  /** Ends a half second. */
  tick(): void
  /** @param rows how many of the last rows @default all */
  last(rows?: number): Latency
}

export function createLatencyLog(cards: number): LatencyLog {
  const none = (): (number | null)[] => Array.from({ length: cards }, () => null)
  const rows: (number | null)[][] = []
  let marks: Mark[] = []
  let failures: Mark[] = []
  let from = 0
  let current = none()
  return {
    record(card, durationMs) {
      current[card] = Math.round(Math.max(current[card] ?? 0, durationMs) * 10) / 10
    },
    mark: (card) => void marks.push({ tick: from + rows.length, card }),
    fail(card) {
      const tick = from + rows.length
      if (!failures.some((mark) => mark.tick === tick && mark.card === card)) failures.push({ tick, card })
    },
    tick() {
      rows.push(current)
      current = none()
      if (rows.length > ROWS) {
        rows.shift()
        from += 1
      }
      marks = marks.filter(({ tick }) => tick >= from)
      failures = failures.filter(({ tick }) => tick >= from)
    },
    last(wanted = rows.length) {
      const shown = rows.slice(-wanted)
      return {
        tickMs: TICK_MS,
        from: from + rows.length - shown.length,
        rows: shown,
        marks: [...marks],
        failures: [...failures],
      }
    },
  }
}
