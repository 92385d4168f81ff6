import { isCredentialError } from '@valetkey/core'
import { CredentialError, invalidOption } from '@valetkey/core/kit'

export const PACKAGE = '@valetkey/store-redis'
const VENDOR = { vendor: 'store-redis' }

/** Errors of Redis for a client without access; a retry cannot fix them. */
const MISTAKES: Readonly<Record<string, string>> = {
  NOAUTH: 'is not signed in to Redis (NOAUTH): give it the password',
  WRONGPASS: 'is refused by Redis (WRONGPASS): check its user name and password',
  NOPERM: 'may not do what the store does (NOPERM): give its user the rights that the README names',
}

/** @param name of the record in Redis */
export function unreadable(name: string, problem: string): CredentialError<'record_unreadable'> {
  const remedy = 'it was left as it is: use another prefix, or delete it and sign in again'
  return new CredentialError('record_unreadable', `[${PACKAGE}] ${name} ${problem}; ${remedy}`, VENDOR)
}

export function unavailable(problem: string): CredentialError<'store_unavailable'> {
  return new CredentialError('store_unavailable', `[${PACKAGE}] ${problem}`, VENDOR)
}

/** The error of the store. The client's error is not passed on: it may contain the command with the record. */
export function storeError(error: unknown, name: string): CredentialError {
  if (isCredentialError(error)) return error
  const code = replyCode(error)
  const mistake = MISTAKES[code ?? '']
  if (mistake !== undefined) return invalidOption(PACKAGE, 'client', mistake)
  if (code === 'WRONGTYPE') return unreadable(name, 'holds something else than a hash')
  if (code !== undefined) return unavailable(`Redis answered ${code}`)
  return unavailable(`Redis gave no answer (${errorName(error)})`)
}

export function isScriptMissing(error: unknown): boolean {
  return replyCode(error) === 'NOSCRIPT'
}

/** The code that an error reply begins with, such as `LOADING`; the rest of it may quote arguments. */
function replyCode(error: unknown): string | undefined {
  const { message } = partsOf(error)
  return typeof message === 'string' ? /^[A-Z]{2,}(?= )/.exec(message)?.[0] : undefined
}

/** `ECONNRESET`, or the name of the client's error class. */
function errorName(error: unknown): string {
  const parts = partsOf(error)
  if (typeof parts.code === 'string' && /^E[A-Z]+$/.test(parts.code)) return parts.code
  return typeof parts.constructor === 'function' ? parts.constructor.name : 'unknown'
}

/** Without `instanceof`: the client or the store may be from another realm if modules run in a context. */
function partsOf(error: unknown): {
  readonly message?: unknown
  readonly code?: unknown
  readonly constructor?: unknown
} {
  return typeof error === 'object' && error !== null ? error : { constructor: undefined }
}
