import { isCredentialError } from '@valetkey/core'
import { CredentialError, hasMethods, invalidOption, systemClock } from '@valetkey/core/kit'

export const PACKAGE = '@valetkey/store-sqlite'

export type SqliteValue = string | number | null

/** `DatabaseSync` of node:sqlite, `Database` of better-sqlite3 and of bun:sqlite. */
export interface SyncSqliteDatabase {
  prepare(sql: string): {
    run(...values: SqliteValue[]): unknown
    all(...values: SqliteValue[]): readonly unknown[]
  }
  /** Whether the program has begun a transaction on this connection: better-sqlite3 and bun:sqlite. */
  readonly inTransaction?: boolean
  /** The same for node:sqlite. */
  readonly isTransaction?: boolean
}

/** A client of `createClient()` of @libsql/client, or an adapter to another driver. */
export interface AsyncSqliteDatabase {
  execute(statement: { readonly sql: string; readonly args: SqliteValue[] }): Promise<{
    /** Objects with the columns as members, also of a statement with `returning`. */
    readonly rows: readonly unknown[]
  }>
  /** Opens the database again. Called after each `SQLITE_BUSY`. */
  reconnect?(): unknown
  /** Set by @libsql/client: `'file'` for a local database. */
  readonly protocol?: string
}

export type SqliteDatabase = SyncSqliteDatabase | AsyncSqliteDatabase

/** The columns of a row by their names. */
export type Row = Readonly<Record<string, unknown>>

/** Rows of one statement, which is a separate transaction. Rejects with the driver's error. */
export type Run = (sql: string, values?: readonly SqliteValue[]) => Promise<readonly Row[]>

/** Below the 4 s that core allows for a store call, so that the error states the cause. */
const BUSY_LIMIT_MS = 3_000
/** About the duration of a write to the disk. */
const BUSY_DELAY_MIN_MS = 2
/** Short enough for many attempts within the limit. */
const BUSY_DELAY_MAX_MS = 50

/**
 * Runs operations of one or more statements on `database`. If the database is locked, or the program itself is in a
 * transaction, the operation is repeated for up to 3 s without blocking the event loop; a timeout of the driver is added to
 * each attempt. Rejects with a `CredentialError`.
 * @throws CredentialError `invalid_option`
 */
export function operationsOn(database: unknown): <T>(operation: (run: Run) => Promise<T>) => Promise<T> {
  const run = runOn(database)
  const clock = systemClock
  return async (operation) => {
    const startedAt = clock.monotonic()
    for (let delayMs = BUSY_DELAY_MIN_MS; ; delayMs = Math.min(2 * delayMs, BUSY_DELAY_MAX_MS)) {
      try {
        return await operation(run)
      } catch (error) {
        if (!isBusy(error) || clock.monotonic() - startedAt + delayMs > BUSY_LIMIT_MS) throw storeError(error)
        await clock.sleep(delayMs * (0.5 + clock.random() / 2))
      }
    }
  }
}

function runOn(database: unknown): Run {
  if (isSync(database)) {
    return async (sql, values = []) => {
      if (database.isTransaction === true || database.inTransaction === true) throw new InTransaction()
      const statement = database.prepare(sql)
      // better-sqlite3 returns rows only for statements that can have rows.
      if (sql.startsWith('create')) statement.run()
      return sql.startsWith('create') ? [] : rowsOf(statement.all(...values))
    }
  }
  if (isAsync(database)) {
    if (database.protocol === 'file' && !hasMethods(database, ['reconnect'])) {
      throw invalidOption(PACKAGE, 'database', 'is of an old @libsql/client: update it to 0.18 or later')
    }
    return async (sql, values = []) => {
      try {
        const result: { readonly rows?: unknown } | undefined = await database.execute({ sql, args: [...values] })
        return rowsOf(result?.rows)
      } catch (error) {
        // libsql 0.5 leaves a busy statement open: later writes on its connection appear to succeed and are not committed.
        if (isBusy(error)) await database.reconnect?.()
        throw error
      }
    }
  }
  const problem =
    'must be a DatabaseSync of node:sqlite, a Database of better-sqlite3 or bun:sqlite, or a client of @libsql/client'
  throw invalidOption(PACKAGE, 'database', problem)
}

function isSync(database: unknown): database is SyncSqliteDatabase {
  return hasMethods(database, ['prepare'])
}

function isAsync(database: unknown): database is AsyncSqliteDatabase {
  return hasMethods(database, ['execute'])
}

function rowsOf(rows: unknown): readonly Row[] {
  if (Array.isArray(rows)) return rows as readonly Row[]
  throw notSqlite()
}

export function notSqlite(): CredentialError<'invalid_option'> {
  return invalidOption(PACKAGE, 'database', 'gives answers that are not of SQLite')
}

/** Internal: the statement is repeated, and the caller never gets this error. */
class InTransaction extends Error {
  readonly code = 'SQLITE_BUSY'
}

/** Primary result codes by their numbers, which node:sqlite gives: https://sqlite.org/rescode.html */
const RESULTS: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  3: 'SQLITE_PERM',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  26: 'SQLITE_NOTADB',
}

/** Errors that only an operator can fix. */
const MISTAKES: Readonly<Record<string, string>> = {
  SQLITE_READONLY: 'may not be written (SQLITE_READONLY): give this user the right to write the file and its folder',
  SQLITE_PERM: 'may not be used by this user (SQLITE_PERM)',
  SQLITE_CORRUPT: 'is damaged (SQLITE_CORRUPT): restore it from a copy',
  SQLITE_NOTADB: 'is not an SQLite database, or is encrypted (SQLITE_NOTADB)',
}

/** The error of the store. The driver's error is not passed on: it may quote the statement's values. */
function storeError(error: unknown): CredentialError {
  if (isCredentialError(error)) return error
  const result = resultOf(error)
  const { message }: { readonly message?: unknown } = membersOf(error)
  const words = typeof message === 'string' ? message : ''
  const mistake = MISTAKES[primary(result)]
  if (mistake !== undefined) return invalidOption(PACKAGE, 'database', mistake)
  if (/HTTP status 40[13]/.test(words))
    return invalidOption(PACKAGE, 'database', 'is refused by its server: check the authToken')
  if (/no such column|has no column/.test(words)) {
    return invalidOption(PACKAGE, 'table', 'names a table of another shape: sqliteSchema() gives the right one')
  }
  if (isBusy(error)) {
    const holder = error instanceof InTransaction ? 'a transaction of this program' : 'another connection'
    return unavailable(`the database was locked by ${holder} for ${BUSY_LIMIT_MS / 1000} s`)
  }
  return unavailable(`SQLite gave no answer (${result})`)
}

function unavailable(problem: string): CredentialError<'store_unavailable'> {
  return new CredentialError('store_unavailable', `[${PACKAGE}] ${problem}`, { vendor: 'store-sqlite' })
}

function isBusy(error: unknown): boolean {
  return ['SQLITE_BUSY', 'SQLITE_LOCKED'].includes(primary(resultOf(error)))
}

/** `SQLITE_IOERR` of `SQLITE_IOERR_FSYNC`. */
function primary(result: string): string {
  return /^SQLITE_[A-Z]+/.exec(result)?.[0] ?? ''
}

/** Name of the result, the driver's code, or the name of its error class. */
function resultOf(error: unknown): string {
  const members: { readonly code?: unknown; readonly errcode?: unknown; readonly constructor?: unknown } =
    membersOf(error)
  // The low 8 bits are the primary code.
  if (typeof members.errcode === 'number') return RESULTS[members.errcode & 0xff] ?? `SQLite error ${members.errcode}`
  if (typeof members.code === 'string' && /^[A-Z_]+$/.test(members.code)) return members.code
  return typeof members.constructor === 'function' ? members.constructor.name : 'unknown'
}

/** Without `instanceof`: the driver may be from another realm. */
function membersOf(error: unknown): object {
  return typeof error === 'object' && error !== null ? error : {}
}
