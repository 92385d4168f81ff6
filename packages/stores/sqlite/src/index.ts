export type { AsyncSqliteDatabase, SqliteDatabase, SqliteValue, SyncSqliteDatabase } from './database.ts'
export type { SqliteStoreOptions } from './sqlite-store.ts'
export { sqliteSchema, sqliteStore } from './sqlite-store.ts'
