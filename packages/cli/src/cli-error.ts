/** The exit codes of `docs/cli.md`. */
export const EXIT = {
  ok: 0,
  /** All other errors. */
  failed: 1,
  /** The command line, the configuration or a missing package. */
  usage: 2,
  /** A user has to sign in. */
  signInNeeded: 3,
  /** The sign-in was refused, is not ours or has expired; or the vendor refuses the client. */
  signInFailed: 4,
  /** Vendor or network; the same command may work later. */
  unavailable: 5,
  /** The token store or its key. */
  store: 6,
  /** `fetch --fail`: the API answered 400 or more. */
  refusedByApi: 7,
  /** 128 + SIGINT, as shells count. */
  interrupted: 130,
} as const

/** A failure in the CLI's own words. `message` holds no secret. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** Stable, for `--json`. */
  readonly code: string
  readonly exitCode: number
  /** A second line, for the person at the terminal. */
  readonly hint: string | undefined

  constructor(code: string, exitCode: number, message: string, hint?: string) {
    super(message)
    this.code = code
    this.exitCode = exitCode
    this.hint = hint
  }
}

export function usageError(message: string, hint?: string): CliError {
  return new CliError('usage', EXIT.usage, message, hint)
}
