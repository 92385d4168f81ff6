import { type CredentialErrorCode, isCredentialError } from '@valetkey/core'
import { CliError, EXIT } from './cli-error.ts'
import { messageOf, type Output } from './output.ts'

/** Prints why a command failed. @returns its exit code */
export function reportError(error: unknown, output: Output): number {
  const exitCode = exitCodeOf(error)
  const json = { error: { ...membersOf(error), exitCode } }
  output.error(json, `valetkey: ${messageOf(error)}`, ...hintsOf(error, exitCode))
  return exitCode
}

function membersOf(error: unknown): object {
  const message = messageOf(error)
  if (error instanceof CliError) return { code: error.code, message }
  if (!isCredentialError(error)) return { code: 'unexpected', message }
  const { code, vendor, account, isRetryable } = error
  return { code, message, vendor, account, isRetryable }
}

function hintsOf(error: unknown, exitCode: number): string[] {
  if (error instanceof CliError) return error.hint === undefined ? [] : [error.hint]
  if (!isCredentialError(error) || exitCode !== EXIT.signInNeeded) return []
  const account = error.account === 'default' ? '' : ` --account ${error.account}`
  return [`Sign in with: valetkey login ${error.vendor}${account}`]
}

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
  uncovered_origin: EXIT.failed,
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
