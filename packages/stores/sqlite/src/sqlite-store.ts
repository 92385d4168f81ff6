import type { StoreRead, TokenStore } from '@valetkey/core'
import { CredentialError, invalidOption, knownOptions, type OptionNames } from '@valetkey/core/kit'
import { notSqlite, operationsOn, PACKAGE, type Row, type Run, type SqliteDatabase } from './database.ts'

export interface SqliteStoreOptions {
  /** Name of the table, of letters, digits and "_". @default 'valetkey_tokens' */
  readonly table?: string | undefined
}

const OPTIONS: OptionNames<SqliteStoreOptions> = { table: true }
const DEFAULT_TABLE = 'valetkey_tokens'

/**
 * Unix ms by the clock of the database: the host's for a file, the server's for libSQL. SQLite stores a Julian day as a number
 * of ms, so that rounding restores it exactly.
 */
const NOW = `cast((julianday('now') - 2440587.5) * 86400000.0 + 0.5 as integer)`
/** The records that `list()` reads at once. */
const PAGE_SIZE = 1_000
/** The most expired records that a write with `retainMs` deletes, so that it does not block the event loop for long. */
const SWEEP_SIZE = 100

/**
 * The SQL that creates the table of `sqliteStore(database, { table })` and its index, and does nothing if they exist.
 * The store runs it with its first operation; run it with your migrations if the program may not create tables.
 * @throws CredentialError `invalid_option`
 */
export function sqliteSchema(table: string = DEFAULT_TABLE): string {
  return schemaOf(checkedTable(table)).join(';\n').concat(';\n')
}

/**
 * Keeps each record in one row of a table; the connection stays the caller's. Every operation is one statement, and a write
 * compares and sets in it. Safe for concurrent use by any number of processes that open the same file.
 * @param database `DatabaseSync` of node:sqlite, `Database` of better-sqlite3 or bun:sqlite, a client of @libsql/client, or
 * an object with `execute()` that adapts another driver
 * @throws CredentialError `invalid_option`
 */
export function sqliteStore(database: SqliteDatabase, options: SqliteStoreOptions = {}): TokenStore {
  const { table = DEFAULT_TABLE } = knownOptions(PACKAGE, options, OPTIONS)
  const name = checkedTable(table)
  const operate = withTable(operationsOn(database), schemaOf(name))

  const sql = {
    read: `select version, value from ${name} where key = ? and (drop_at is null or drop_at > ?)`,
    // An expired record counts as absent.
    create: `insert into ${name} as stored (version, value, drop_at, key) values (?, ?, ${NOW} + ?, ?)
on conflict (key) do update set version = excluded.version, value = excluded.value, drop_at = excluded.drop_at
where stored.drop_at <= ${NOW} returning 1 as won`,
    replace: `update ${name} set version = ?, value = ?, drop_at = ${NOW} + ?
where key = ? and version = ? and (drop_at is null or drop_at > ${NOW}) returning 1 as won`,
    sweep: `delete from ${name} where key in (select key from ${name} where drop_at <= ${NOW} limit ${SWEEP_SIZE})`,
    list: `select key from ${name} where (? is null or key > ?) and (drop_at is null or drop_at > ${NOW}) order by key limit ${PAGE_SIZE}`,
  }

  return {
    specVersion: 'v1',
    get: async (key) =>
      await operate(async (run) => {
        // A statement before the read: within one statement, SQLite takes the time after the snapshot.
        const [time] = await run(`select ${NOW} as now`)
        const now = Number(time?.now)
        if (!Number.isFinite(now)) throw notSqlite()
        const [row] = await run(sql.read, [storedKey(key), now])
        return row === undefined ? { now } : parseRow(row, now, name, key)
      }),
    async compareAndSet(key, expected, value, { retainMs } = {}) {
      if (value.includes('\0')) throw invalidOption(PACKAGE, 'value', 'must be a string without U+0000')
      const version = crypto.randomUUID()
      const row = [version, value, retainMs === undefined ? null : Math.ceil(retainMs), storedKey(key)]
      return await operate(async (run) => {
        const won = expected === undefined ? await run(sql.create, row) : await run(sql.replace, [...row, expected])
        if (won.length === 0) return { ok: false }
        // The write has succeeded, even if this fails: the next write sweeps again.
        if (retainMs !== undefined) await run(sql.sweep).catch(() => {})
        return { ok: true, version }
      })
    },
    async *list() {
      let page: readonly string[]
      let last: string | null = null
      do {
        const after: string | null = last
        page = (await operate((run) => run(sql.list, [after, after]))).map((row) => String(row.key))
        yield* page.map(keyOf)
        last = page.at(-1) ?? null
      } while (page.length === PAGE_SIZE)
    },
  }
}

/** Creates the table before the first operation, and after each failed operation: it may have been dropped. */
function withTable(operate: ReturnType<typeof operationsOn>, schema: readonly string[]): typeof operate {
  let isCreated = false
  return (operation) =>
    operate(async (run: Run) => {
      try {
        for (const statement of isCreated ? [] : schema) await run(statement)
        isCreated = true
        return await operation(run)
      } catch (error) {
        isCreated = false
        throw error
      }
    })
}

function schemaOf(name: string): readonly string[] {
  return [
    `create table if not exists ${name} (
  key text primary key,
  version text not null,
  value text not null,
  drop_at integer
)`,
    `create index if not exists ${name.replace(/"$/, '_drop_at"')} on ${name} (drop_at) where drop_at is not null`,
  ]
}

/** In quotes. */
function checkedTable(table: unknown): string {
  if (typeof table !== 'string' || !/^(?!sqlite_)[a-z_][a-z0-9_]{0,62}$/i.test(table)) {
    throw invalidOption(
      PACKAGE,
      'table',
      'must be a name of letters, digits and "_", which does not begin with "sqlite_"',
    )
  }
  return `"${table}"`
}

function parseRow({ version, value }: Row, now: number, table: string, key: string): StoreRead {
  if (typeof version === 'string' && typeof value === 'string') return { now, version, value }
  const problem = `the row of ${table} with the key ${key} lacks the text of its version or of its value`
  const remedy = 'it was left as it is: restore it, or delete it and sign in again'
  throw new CredentialError('record_unreadable', `[${PACKAGE}] ${problem}; ${remedy}`, { vendor: 'store-sqlite' })
}

/** Drivers cut a string at U+0000. */
function storedKey(key: string): string {
  return key.replaceAll('\\', '\\\\').replaceAll('\0', '\\0')
}

function keyOf(stored: string): string {
  return stored.replaceAll(/\\(.)/g, (_, escaped) => (escaped === '0' ? '\0' : '\\'))
}
