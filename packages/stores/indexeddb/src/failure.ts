import { isCredentialError } from '@valetkey/core'
import { CredentialError } from '@valetkey/core/kit'

export const PACKAGE = '@valetkey/store-indexeddb'

const DENIED = 'the browser denies IndexedDB here: private mode, blocked site data or a sandboxed frame'

/** By the name of the platform's error. Its own words are not passed on: they may quote what was written. */
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

/** What a rejection of the platform means to the lifecycle: never to be written over, or to be tried again. */
export function failureOf(database: string, error: unknown): CredentialError {
  if (isCredentialError(error)) return error
  const name = nameOf(error)
  const unreadable = UNREADABLE[name]
  if (unreadable !== undefined) return recordUnreadable(`the database "${database}" ${unreadable}`)
  return storeUnavailable(`${UNAVAILABLE[name] ?? 'IndexedDB failed'} (${name})`)
}

/** By its member: a page may use the store of another frame. */
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
