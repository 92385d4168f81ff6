import type { DatabaseSync } from 'node:sqlite'
import type { Client } from '@libsql/client'
import type { TokenStore } from '@valetkey/core'
import { type SqliteDatabase, type SqliteStoreOptions, sqliteSchema, sqliteStore } from '@valetkey/store-sqlite'
import type BetterSqlite3 from 'better-sqlite3'
import { expectTypeOf, test } from 'vitest'

test('the databases of node:sqlite, better-sqlite3 and @libsql/client are taken', () => {
  expectTypeOf<DatabaseSync>().toExtend<SqliteDatabase>()
  expectTypeOf<BetterSqlite3.Database>().toExtend<SqliteDatabase>()
  expectTypeOf<Client>().toExtend<SqliteDatabase>()
})

test('other objects are not taken', () => {
  expectTypeOf<string>().not.toExtend<SqliteDatabase>()
  expectTypeOf<{ query(text: string): Promise<unknown[]> }>().not.toExtend<SqliteDatabase>()
})

test('the option may be left out or undefined, the result is a store, and the schema a text', () => {
  expectTypeOf({ table: undefined }).toExtend<SqliteStoreOptions>()
  expectTypeOf(sqliteStore).toBeCallableWith({} as SqliteDatabase)
  expectTypeOf(sqliteStore).returns.toEqualTypeOf<TokenStore>()
  expectTypeOf(sqliteSchema).returns.toBeString()
})
