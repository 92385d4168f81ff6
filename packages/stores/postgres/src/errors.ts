import { CredentialError, invalidOption, isCredentialError } from '@valetkey/core'

export const PACKAGE = '@valetkey/store-postgres'
const VENDOR = { vendor: 'store-postgres' }

/** `serialization_failure` and `deadlock_detected`: the statement was rolled back because of another's. */
const CONFLICTS: ReadonlySet<string> = new Set(['40001', '40P01'])
const UNDEFINED_TABLE = '42P01'

/** Of the option `client`. */
export const NOT_POSTGRES = 'gives answers that are not of Postgres'

export function unreadable(problem: string): CredentialError<'record_unreadable'> {
  return new CredentialError('record_unreadable', `[${PACKAGE}] ${problem}; it was left as it is`, VENDOR)
}

/** Whether a statement failed only because others ran at the same time; it has then done nothing. */
export function isConflict(error: unknown): boolean {
  return CONFLICTS.has(codeOf(error) ?? '')
}

/** What the store rejects with. The client's own error is not passed on: it may quote the row. */
export function storeError(error: unknown, table: string): CredentialError {
  if (isCredentialError(error)) return error
  const code = codeOf(error)
  if (code === UNDEFINED_TABLE) {
    return invalidOption(PACKAGE, 'table', `names no table (${table}): run the SQL that postgresSchema() gives`)
  }
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

/** All have five characters and a digit among them; `EPIPE` has none. */
function isSqlState(code: string): boolean {
  return /^(?=.*\d)[A-Z0-9]{5}$/.test(code)
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : 'unknown'
}
