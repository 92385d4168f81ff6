import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createClient } from '@libsql/client'
import type { SqliteDatabase } from '@valetkey/store-sqlite'
import BetterSqlite3 from 'better-sqlite3'

export interface OpenDatabase {
  readonly database: SqliteDatabase
  /** Runs SQL past the store. */
  exec(sql: string): Promise<void>
  close(): void
}

export interface Driver {
  readonly name: string
  open(path: string, journal?: 'wal' | 'delete'): OpenDatabase | Promise<OpenDatabase>
}

/** Nothing here pulls the plug: a write need not wait for the disk. Only the change of the journal waits for other connections. */
const settings = (journal: string) => [
  'pragma busy_timeout = 30000',
  `pragma journal_mode = ${journal}`,
  'pragma synchronous = off',
  'pragma busy_timeout = 0',
]

export const nodeSqlite: Driver = {
  name: 'node:sqlite',
  open(path, journal = 'wal') {
    const database = new DatabaseSync(path)
    for (const sql of settings(journal)) database.exec(sql)
    return { database, exec: async (sql) => database.exec(sql), close: () => database.close() }
  },
}

const betterSqlite3: Driver = {
  name: 'better-sqlite3',
  open(path, journal = 'wal') {
    const database = new BetterSqlite3(path, { timeout: 0 })
    for (const sql of settings(journal)) database.exec(sql)
    return { database, exec: async (sql) => void database.exec(sql), close: () => void database.close() }
  },
}

const libsql: Driver = {
  name: '@libsql/client',
  async open(path, journal = 'wal') {
    const database = createClient({ url: `file:${path}` })
    for (const sql of settings(journal)) await database.execute(sql)
    return { database, exec: (sql) => database.executeMultiple(sql), close: () => database.close() }
  },
}

export const DRIVERS: readonly Driver[] = [nodeSqlite, betterSqlite3, libsql]

export interface Folder {
  /** Of a file that is not there yet. */
  readonly path: string
  remove(): void
}

export function createFolder(): Folder {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-sqlite-'))
  return { path: join(folder, 'tokens.db'), remove: () => rmSync(folder, { recursive: true, force: true }) }
}
