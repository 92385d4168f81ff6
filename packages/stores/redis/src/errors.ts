import { CredentialError, isCredentialError } from '@valetkey/core'

export const PACKAGE = '@valetkey/store-redis'
const VENDOR = { vendor: 'store-redis' }

export function unreadable(problem: string): CredentialError<'record_unreadable'> {
  return new CredentialError('record_unreadable', `[${PACKAGE}] ${problem}; it was left as it is`, VENDOR)
}

export function unavailable(problem: string): CredentialError<'store_unavailable'> {
  return new CredentialError('store_unavailable', `[${PACKAGE}] ${problem}`, VENDOR)
}

/** What the store rejects with. The client's own error is not passed on: it may hold the command with the record. */
export function storeError(error: unknown): CredentialError {
  if (isCredentialError(error)) return error
  const code = replyCode(error)
  if (code === 'WRONGTYPE') return unreadable('the key of a record holds something else than a hash')
  if (code !== undefined) return unavailable(`Redis answered ${code}`)
  return unavailable(`Redis gave no answer (${errorName(error)})`)
}

export function isScriptMissing(error: unknown): boolean {
  return replyCode(error) === 'NOSCRIPT'
}

/** The code that an error reply begins with, such as `LOADING`; the rest of it may quote arguments. */
function replyCode(error: unknown): string | undefined {
  return error instanceof Error ? /^[A-Z]{2,}(?= )/.exec(error.message)?.[0] : undefined
}

/** `ECONNRESET`, or the name of the client's error class. */
function errorName(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if ('code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code)) return error.code
  return error.constructor.name
}
