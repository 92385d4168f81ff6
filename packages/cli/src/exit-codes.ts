import { type CredentialErrorCode, isCredentialError } from '@valetkey/core'

/** The exit codes of `docs/cli.md`. */
export const EXIT = {
  ok: 0,
  /** Anything that has no code of its own. */
  failed: 1,
  /** The command line, the configuration or a missing package. */
  usage: 2,
  /** Somebody has to sign in. */
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

const BY_CODE: Readonly<Record<CredentialErrorCode, number>> = {
  not_signed_in: EXIT.signInNeeded,
  reauthorization_required: EXIT.signInNeeded,
  client_rejected: EXIT.signInFailed,
  sign_in_failed: EXIT.signInFailed,
  token_unavailable: EXIT.unavailable,
  timeout: EXIT.unavailable,
  store_unavailable: EXIT.store,
  record_unreadable: EXIT.store,
  redirect_refused: EXIT.failed,
  not_a_jwt: EXIT.failed,
  insecure_url: EXIT.usage,
  invalid_option: EXIT.usage,
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode
  if (!isCredentialError(error)) return EXIT.failed
  return isStoreOption(error) ? EXIT.store : (BY_CODE[error.code] ?? EXIT.failed)
}

/** What a store refuses when it is made, such as a folder that others may read, is about the store. */
function isStoreOption({ code, vendor }: { readonly code: CredentialErrorCode; readonly vendor: string }): boolean {
  return code === 'invalid_option' && vendor.startsWith('store-')
}

/** A failure in the CLI's own words. `message` holds no secret. */
export class CliError extends Error {
  override readonly name = 'CliError'
  /** Stable, for `--json`. */
  readonly code: string
  readonly exitCode: number

  constructor(code: string, exitCode: number, message: string) {
    super(message)
    this.code = code
    this.exitCode = exitCode
  }
}

export function usageError(message: string): CliError {
  return new CliError('usage', EXIT.usage, message)
}
