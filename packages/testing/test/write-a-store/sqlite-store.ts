import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import type { TokenStore } from '@valetkey/core'

const TABLE = `create table if not exists tokens (
  key text primary key, version text not null, value text not null, drop_at integer)`

/** Keeps tokens in an SQLite file. */
export function sqliteStore(path: string): TokenStore {
  const database = new DatabaseSync(path, { timeout: 5000 })
  database.exec(`pragma journal_mode = wal; pragma synchronous = full; ${TABLE}`)
  const read = database.prepare(
    'select version, value from tokens where key = :key and (drop_at is null or drop_at > :now)',
  )
  // An expired tombstone counts as absent.
  const create = database.prepare(
    `insert into tokens (key, version, value, drop_at) values (:key, :version, :value, :dropAt)
     on conflict (key) do update set version = :version, value = :value, drop_at = :dropAt where drop_at <= :now`,
  )
  const replace = database.prepare(
    `update tokens set version = :version, value = :value, drop_at = :dropAt
     where key = :key and version = :expected and (drop_at is null or drop_at > :now)`,
  )
  const keys = database.prepare('select key from tokens where drop_at is null or drop_at > :now')

  return {
    specVersion: 'v1',
    async get(key) {
      const now = Date.now()
      const row = read.get({ key, now })
      return row ? { now, version: String(row.version), value: String(row.value) } : { now }
    },
    async compareAndSet(key, expected, value, { retainMs } = {}) {
      const now = Date.now()
      const version = randomUUID()
      const row = { key, version, value, dropAt: retainMs === undefined ? null : now + retainMs, now }
      const { changes } = expected === undefined ? create.run(row) : replace.run({ ...row, expected })
      return changes === 1 ? { ok: true, version } : { ok: false }
    },
    async *list() {
      for (const { key } of keys.all({ now: Date.now() })) yield String(key)
    },
  }
}
