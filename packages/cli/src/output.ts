import type { Writable } from 'node:stream'
import type { Io } from './io.ts'
import { printable, printableBody } from './printable.ts'

/**
 * All that a command prints. Each line is escaped here: a string of a vendor or of a store can neither
 * control the terminal nor begin a line.
 */
export interface Output {
  /** The result, once: `json` with `--json`, otherwise the lines. */
  result(json: unknown, ...lines: readonly string[]): void
  /** For the person at the terminal. */
  note(...lines: readonly string[]): void
  /** Why the command failed. */
  error(json: unknown, ...lines: readonly string[]): void
  /** A question; the answer is typed behind it. */
  question(text: string): void
  /** Where typed text is echoed. */
  readonly echo: Writable
  /** Bytes that an API answered: as they came to a file or pipe, escaped to a terminal. */
  body(bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** Lines before a body. */
  head(...lines: readonly string[]): void
}

/** The body is not the last thing that may be printed. */
const NO_END = { end: false }

export function createOutput({ stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>, asJson: boolean): Output {
  const print = (stream: Writable, lines: readonly string[]): void => {
    if (lines.length > 0) stream.write(lines.map((line) => `${printable(line)}\n`).join(''))
  }
  return {
    result: (json, ...lines) => print(stdout, asJson ? [JSON.stringify(json)] : lines),
    note: (...lines) => print(stderr, lines),
    error: (json, ...lines) => print(stderr, asJson ? [JSON.stringify(json)] : lines),
    question: (text) => void stderr.write(`${printable(text)}: `),
    echo: stderr,
    head: (...lines) => print(stdout, lines),
    async body(bytes) {
      const { pipeline } = await import('node:stream/promises')
      await pipeline(stdout.isTTY ? printableBody(bytes) : bytes, stdout, NO_END)
    },
  }
}

/** The words of what was thrown; none of ours hold a secret. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
