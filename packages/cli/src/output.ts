import type { Io } from './io.ts'

/** Where a command says what came of it. */
export interface Output {
  /** The result, once: `json` with `--json`, otherwise `text`. An empty text prints nothing. */
  result(json: unknown, text: string): void
  /** A line for the person at the terminal. */
  note(text: string): void
}

export function createOutput({ stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>, asJson: boolean): Output {
  return {
    result(json, text) {
      const line = asJson ? JSON.stringify(json) : text
      if (line !== '') stdout.write(`${line}\n`)
    },
    note: (text) => void stderr.write(`${text}\n`),
  }
}

/** The words of what was thrown; none of ours hold a secret. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
