import { isCredentialError } from '@valetkey/core'
import { CredentialError } from '@valetkey/core/kit'

export const PACKAGE = '@valetkey/store-indexeddb'

const DENIED = 'the browser denies IndexedDB here: private mode, blocked site data or a sandboxed frame'

/** By the name of the platform's error. Its message is not passed on: it may quote the written value. */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  QuotaExceededError: 'this site may not store more: its quota is used up, or the disk is full',
  SecurityError: DENIED,
  InvalidStateError: DENIED,
  AbortError: 'the browser closed the database meanwhile: site data was cleared, or the disk failed',
  TimeoutError: 'the database does not open: another tab holds it and does not let it be deleted',
}

const UNREADABLE: Readonly<Record<string, string>> = {
  VersionError: 'was made by a newer version of this package: load the page again',
  NotFoundError: 'was made by something else',
}

/** Translates an error of the platform: the record must not be overwritten, or the call can be retried. */
export function failureOf(database: string, error: unknown): CredentialError {
  if (isCredentialError(error)) return error
  const name = nameOf(error)
  const unreadable = UNREADABLE[name]
  if (unreadable !== undefined) return recordUnreadable(`the database "${database}" ${unreadable}`)
  return storeUnavailable(`${UNAVAILABLE[name] ?? 'IndexedDB failed'} (${name})`)
}

/** Without `instanceof`: a page may use the store of another frame. */
export function nameOf(error: unknown): string {
  const { name }: { readonly name?: unknown } = typeof error === 'object' && error !== null ? error : {}
  return typeof name === 'string' ? name : 'Error'
}

export function storeUnavailable(why: string): CredentialError<'store_unavailable'> {
  return new CredentialError('store_unavailable', `[${PACKAGE}] ${why}`, { vendor: 'store-indexeddb' })
}

export function recordUnreadable(what: string): CredentialError<'record_unreadable'> {
  const message = `[${PACKAGE}] ${what}; it is left as it is: delete it and sign in again`
  return new CredentialError('record_unreadable', message, { vendor: 'store-indexeddb' })
}
