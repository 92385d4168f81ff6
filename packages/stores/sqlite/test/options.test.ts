import { DatabaseSync } from 'node:sqlite'
import { type SqliteDatabase, sqliteSchema, sqliteStore } from '@valetkey/store-sqlite'
import { describe, expect, test } from 'vitest'

const failure = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

const refused = (database: unknown, options?: unknown): unknown =>
  failure(() => Reflect.apply(sqliteStore, undefined, [database, options]))

describe('options', () => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a path', 'tokens.db'],
    ['a client of Postgres', { query: () => {} }],
  ])('%s in place of a database is refused, with what is expected', (_, wrong) => {
    expect(refused(wrong)).toMatchObject({
      code: 'invalid_option',
      option: 'database',
      message: expect.stringContaining('[@valetkey/store-sqlite] "database" must be a DatabaseSync of node:sqlite'),
    })
  })

  test('a local client of @libsql/client that cannot reconnect is refused: it would lose writes', () => {
    const old = { execute: async () => ({ rows: [] }), protocol: 'file' }
    expect(refused(old)).toMatchObject({ option: 'database', message: expect.stringContaining('update it to 0.18') })
    expect(refused({ ...old, protocol: 'http' })).toMatchObject({ specVersion: 'v1' })
  })

  test.each([
    '',
    7,
    'main.tokens',
    'a b',
    'tokens"; drop table users; --',
    '1st',
    'ä',
    'sqlite_tokens',
    'x'.repeat(64),
  ])('the table name %j is refused, by the schema too', (table) => {
    const error = { code: 'invalid_option', option: 'table' }
    expect(refused(new DatabaseSync(':memory:'), { table })).toMatchObject(error)
    expect(failure(() => Reflect.apply(sqliteSchema, undefined, [table]))).toMatchObject(error)
  })

  test('a database that is made a store of is not touched before the first use', async () => {
    const database = new DatabaseSync(':memory:')
    const store = sqliteStore(database, { table: 'Select' })
    const tables = () => database.prepare('select name from sqlite_schema order by name').all()
    expect(tables()).toEqual([])
    expect(await store.get('key')).toEqual({ now: expect.any(Number) })
    expect(tables()).toContainEqual({ name: 'Select' })
  })

  test.each([
    ['that answers with nothing', undefined],
    ['of another database', []],
    ['that answers with no rows', { rows: [] }],
    ['that answers with something else', { rows: [{ now: 'today' }] }],
  ])('a database %s shows at the first answer', async (_, answer) => {
    const database: object = { execute: async () => answer }
    const store = sqliteStore(database as SqliteDatabase)
    const message = expect.stringContaining('gives answers that are not of SQLite')
    await expect(store.get('key')).rejects.toMatchObject({ code: 'invalid_option', option: 'database', message })
  })

  test('a value with U+0000, which some drivers cut, is refused', async () => {
    const store = sqliteStore(new DatabaseSync(':memory:'))
    const writing = store.compareAndSet('key', undefined, 'before\0after')
    await expect(writing).rejects.toMatchObject({ code: 'invalid_option', option: 'value' })
    expect((await store.get('key')).version).toBeUndefined()
  })

  test('an adapter of a few lines makes a store of any other driver', async () => {
    const database = new DatabaseSync(':memory:')
    const store = sqliteStore({ execute: async ({ sql, args }) => ({ rows: database.prepare(sql).all(...args) }) })
    const created = await store.compareAndSet('key', undefined, 'value')
    expect(await store.get('key')).toMatchObject({ value: 'value', version: created.ok && created.version })
    expect((await store.compareAndSet('key', undefined, 'second')).ok).toBe(false)
  })
})
