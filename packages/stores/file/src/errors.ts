import { isCredentialError } from '@valetkey/core'
import { CredentialError, invalidOption } from '@valetkey/core/kit'

export const PACKAGE = '@valetkey/store-file'
const VENDOR = { vendor: 'store-file' }

/** Errors that a retry cannot fix: this user cannot enter, read or write the path. */
const MISTAKES: readonly string[] = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG']
/** Windows reports these for a file that another process has open or is deleting. */
const BUSY_ON_WINDOWS: readonly string[] = ['EACCES', 'EPERM']

/** The detail of a damaged record: a write that expects this version replaces it. */
export interface Damaged {
  readonly now: number
  readonly version: string
}

/** A record that is damaged, of a newer version or of another key. */
export function recordUnreadable(file: string, damaged?: Damaged): CredentialError<'record_unreadable'> {
  const problem =
    damaged === undefined
      ? `${file} is of a newer version, of another key or no record at all; it is left as it is: update this package, or move the file away and sign in again`
      : `${file} is empty or damaged; restore it from a backup, or sign in again: that takes its place`
  return new CredentialError('record_unreadable', `[${PACKAGE}] ${problem}`, { ...VENDOR, damaged })
}

export function storeUnavailable(problem: string): CredentialError<'store_unavailable'> {
  return new CredentialError('store_unavailable', `[${PACKAGE}] ${problem}`, VENDOR)
}

/** Errors of the file system name a path and a problem, never the content of a file. */
export function storeError(error: unknown): unknown {
  const { message, code } = partsOf(error)
  if (isCredentialError(error) || typeof message !== 'string') return error
  if (typeof code !== 'string' || !MISTAKES.includes(code)) return storeUnavailable(message)
  if (process.platform === 'win32' && BUSY_ON_WINDOWS.includes(code)) return storeUnavailable(message)
  return unusablePath(message)
}

export function unusablePath(problem: string): CredentialError<'invalid_option'> {
  return invalidOption(PACKAGE, 'path', `cannot be used by this process: ${problem}`)
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(String(partsOf(error).code))
}

/** Without `instanceof`: the file system's errors are from another realm if modules run in a context, as in Jest. */
function partsOf(error: unknown): { readonly message?: unknown; readonly code?: unknown } {
  return typeof error === 'object' && error !== null ? error : {}
}
