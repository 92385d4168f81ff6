import { isCredentialError } from '@valetkey/core'
import { CredentialError, invalidOption } from '@valetkey/core/kit'

export const PACKAGE = '@valetkey/store-postgres'
const VENDOR = { vendor: 'store-postgres' }

/** `serialization_failure` and `deadlock_detected`: the statement was rolled back because of another one. */
const CONFLICTS: ReadonlySet<string> = new Set(['40001', '40P01'])
/** Errors that a retry cannot fix, by SQLSTATE: the wrong option and the problem. `…` is the table. */
const MISTAKES: Readonly<Record<string, readonly [option: 'client' | 'table', problem: string]>> = {
  '42P01': ['table', 'names no table (…): run the SQL that postgresSchema() gives'],
  '42703': ['table', 'names a table of another shape (…): run the SQL that postgresSchema() gives'],
  '42501': ['table', 'may not be used by this user (…): grant select, insert, update and delete on it'],
  '28P01': ['client', 'is refused by Postgres (28P01): check its user name and password'],
  '28000': ['client', 'is refused by Postgres (28000): check its user name, and pg_hba.conf'],
  '3D000': ['client', 'names no database (3D000)'],
}

/** Problem of the option `client`. */
export const NOT_POSTGRES = 'gives answers that are not of Postgres'

export function unreadable(table: string, key: string): CredentialError<'record_unreadable'> {
  const problem = `the row of ${table} with the key ${key} lacks its version or its value`
  const remedy = 'it was left as it is: restore it, or delete it and sign in again'
  return new CredentialError('record_unreadable', `[${PACKAGE}] ${problem}; ${remedy}`, VENDOR)
}

/** Whether a statement failed, without effect, only because others ran at the same time. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error) ?? '')
}

/** The error of the store. The client's error is not passed on: it may quote the row. */
export function storeError(error: unknown, table: string): CredentialError {
  if (isCredentialError(error)) return error
  const code = codeOf(error)
  const [option, mistake] = MISTAKES[code ?? ''] ?? []
  if (option !== undefined && mistake !== undefined) {
    return invalidOption(
      PACKAGE,
      option,
      mistake.replace('…', () => table),
    )
  }
  if (lacksPassword(error)) return invalidOption(PACKAGE, 'client', 'has no password, and Postgres asks for one')
  const problem =
    code !== undefined && isSqlState(code)
      ? `Postgres answered ${code}`
      : `Postgres gave no answer (${code ?? nameOf(error)})`
  return new CredentialError('store_unavailable', `[${PACKAGE}] ${problem}`, VENDOR)
}

/** SQLSTATE, or the code of the client or of Node, e.g. `CONNECTION_CLOSED`, `ECONNRESET`. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^[A-Z0-9_]+$/.test(error.code) ? error.code : undefined
}

/** An SQLSTATE has five characters and at least one digit; `EPIPE` has no digit. */
function isSqlState(code: string): boolean {
  return /^(?=.*\d)[A-Z0-9]{5}$/.test(code)
}

/** pg reports this before it asks Postgres, without a code. */
function lacksPassword(error: unknown): boolean {
  const { message }: { readonly message?: unknown } = typeof error === 'object' && error !== null ? error : {}
  return typeof message === 'string' && message.startsWith('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be')
}

/** Without `instanceof`: the client or the store may be from another realm if modules run in a context. */
function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null ? error.constructor.name : 'unknown'
}
