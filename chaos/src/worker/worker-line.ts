/** What a worker prints, one JSON text per line. What it printed before SIGKILL arrives too. Times in Unix ms, waits in ms. */
export type WorkerLine =
  | { readonly type: 'ready' }
  /** The refresh token with this number is about to be sent. */
  | { readonly type: 'sending'; readonly serial: number; readonly at: number }
  /** The store was seen to hold the refresh token with this number. */
  | { readonly type: 'stored'; readonly serial: number; readonly at: number }
  /** This worker obtained and stored the tokens of this generation. */
  | { readonly type: 'refreshed'; readonly account: string; readonly generation: number; readonly at: number }
  | FailedOperation
  /** Operations that succeeded since the last of these lines; `waits` counts them by bucket. */
  | { readonly type: 'tally'; readonly account: string; readonly operations: number; readonly waits: WaitCounts }
  | { readonly type: 'finished' }
  | HerdLine

export interface FailedOperation {
  readonly type: 'failed'
  readonly account: string
  readonly at: number
  /** The code of a `CredentialError`, `refused` for a 401 after a refresh, or `untyped`. */
  readonly code: string
  readonly message: string
  /** With `reauthorization_required`. */
  readonly reason?: string
  readonly since?: number
}

/** How long each caller of a herd waited, and the generation that they got. */
export interface HerdLine {
  readonly type: 'herd'
  readonly generation: number
  readonly waits: readonly number[]
}

/** How many waits fell into each bucket of `waitBucket`. */
export type WaitCounts = Readonly<Record<number, number>>

export type Print = (line: WorkerLine) => void

/** The pipe is written synchronously, so that nothing is lost when the process is killed. */
export function printLine(line: WorkerLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
