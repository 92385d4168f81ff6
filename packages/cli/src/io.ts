import type { Readable, Writable } from 'node:stream'

/** What a command sees of the process that it runs in. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder whose configuration and packages count. */
  readonly cwd: string
  readonly stdin: Readable & { readonly isTTY?: boolean }
  /** Data, and nothing else. */
  readonly stdout: Writable & { readonly isTTY?: boolean }
  /** Progress, questions, warnings and errors. */
  readonly stderr: Writable
  /** Aborts on Ctrl-C, or when the process has to end. */
  readonly signal: AbortSignal
}

/** What a command sees of it: it prints through its `Output` only. */
export type CommandIo = Omit<Io, 'stdout' | 'stderr'>
