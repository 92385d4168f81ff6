import { CredentialError, isCredentialError } from '@valetkey/core'

export const PACKAGE = '@valetkey/store-file'
const VENDOR = { vendor: 'store-file' }

/** A record that is damaged, of a newer version or of another key. */
export function recordUnreadable(file: string): CredentialError<'record_unreadable'> {
  const message = `[${PACKAGE}] ${file} is damaged, of a newer version or of another key; it is left as it is`
  return new CredentialError('record_unreadable', message, VENDOR)
}

export function storeUnavailable(problem: string): CredentialError<'store_unavailable'> {
  return new CredentialError('store_unavailable', `[${PACKAGE}] ${problem}`, VENDOR)
}

/** Errors of the file system name a path and what is wrong, never a content. */
export function storeError(error: unknown): unknown {
  if (isCredentialError(error) || !(error instanceof Error)) return error
  return storeUnavailable(error.message)
}

export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
