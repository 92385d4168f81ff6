import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { createClient } from '@libsql/client'
import { sqliteSchema, sqliteStore } from '@valetkey/store-sqlite'
import { serve } from '@valetkey-app/test-support/serve'
import { expectFewStoreCalls } from '@valetkey-app/test-support/token-processes'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFolder, DRIVERS, type Folder } from './support/drivers.ts'

const DAY_MS = 86_400_000

describe('records', () => {
  test('the schema can be run beforehand, twice too, and the store uses its table', async () => {
    const database = new DatabaseSync(':memory:')
    database.exec(sqliteSchema('tokens') + sqliteSchema('tokens'))
    const schema = () => database.prepare('select sql from sqlite_schema').all()
    const before = schema()
    const store = sqliteStore(database, { table: 'tokens' })
    expect(await store.compareAndSet('key', undefined, 'value')).toMatchObject({ ok: true })
    expect(schema()).toEqual(before)
  })

  test('a sign-out takes tombstones whose time is over with it, and never a record', async () => {
    const database = new DatabaseSync(':memory:')
    const store = sqliteStore(database)
    await store.compareAndSet('alive', undefined, 'value')
    await store.compareAndSet('kept', undefined, 'removed', { retainMs: DAY_MS })
    await store.compareAndSet('over', undefined, 'removed', { retainMs: 0 })
    await store.compareAndSet('next', undefined, 'removed', { retainMs: DAY_MS })
    const rows = database.prepare('select key from valetkey_tokens order by key').all()
    expect(rows.map(({ key }) => key)).toEqual(['alive', 'kept', 'next'])
  })

  test('a table that is dropped meanwhile is created again with the next call', async () => {
    const database = new DatabaseSync(':memory:')
    const store = sqliteStore(database)
    await store.compareAndSet('key', undefined, 'value')
    database.exec('drop table valetkey_tokens')
    await expect(store.get('key')).rejects.toMatchObject({ code: 'store_unavailable' })
    expect((await store.get('key')).version).toBeUndefined()
  })

  test('a row without a text, in a table of another making, is record_unreadable', async () => {
    const database = new DatabaseSync(':memory:')
    database.exec(`create table valetkey_tokens (key text primary key, version, value, drop_at);
      insert into valetkey_tokens values ('key', 'version', x'00', null)`)
    const message = expect.stringContaining('the row of "valetkey_tokens" with the key key lacks the text')
    await expect(sqliteStore(database).get('key')).rejects.toMatchObject({ code: 'record_unreadable', message })
  })

  test('a refresh costs one read and two writes, a fresh token none', async () => {
    await expectFewStoreCalls(sqliteStore(new DatabaseSync(':memory:')))
  })
})

describe.each(DRIVERS)('what only a person can mend, over $name', ({ open }) => {
  let folder: Folder
  let close = (): void => {}
  beforeEach(() => {
    folder = createFolder()
  })
  afterEach(() => {
    close()
    folder.remove()
  })

  test('a table of another shape', async () => {
    const opened = await open(folder.path)
    close = () => opened.close()
    await opened.exec('create table valetkey_tokens (key text primary key, drop_at integer)')
    const message = expect.stringContaining('"table" names a table of another shape')
    for (const call of calls(opened.database)) {
      await expect(call()).rejects.toMatchObject({ code: 'invalid_option', option: 'table', message })
    }
  })

  test('a database that may only be read', async () => {
    const opened = await open(folder.path)
    close = () => opened.close()
    const store = sqliteStore(opened.database)
    await store.compareAndSet('key', undefined, 'value')
    await opened.exec('pragma query_only = on')
    const message = expect.stringContaining('"database" may not be written (SQLITE_READONLY)')
    const writing = store.compareAndSet('another', undefined, 'canary')
    await expect(writing).rejects.toMatchObject({ code: 'invalid_option', option: 'database', message })
    expect((await store.get('key')).value).toBe('value')
  })

  test('a closed database is unavailable, in words without a value', async () => {
    const opened = await open(folder.path)
    opened.close()
    close = () => {}
    const [, write] = calls(opened.database)
    const error: unknown = await write!().catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('SQLite gave no answer'),
    })
    expect(String(error)).not.toContain('canary')
  })
})

function calls(database: Parameters<typeof sqliteStore>[0]): readonly (() => Promise<unknown>)[] {
  const store = sqliteStore(database)
  return [() => store.get('key'), () => store.compareAndSet('key', undefined, 'canary')]
}

test('a file that is not a database is reported', async () => {
  const folder = createFolder()
  writeFileSync(folder.path, 'not a database, but longer than the header of one'.repeat(20))
  const database = new DatabaseSync(folder.path)
  const message = expect.stringContaining('is not an SQLite database, or is encrypted (SQLITE_NOTADB)')
  await expect(sqliteStore(database).get('key')).rejects.toMatchObject({ code: 'invalid_option', message })
  database.close()
  folder.remove()
})

test('a libSQL server that refuses the token is told', async () => {
  const server = await serve(() => ({ status: 401, body: '{"error":"Unauthorized"}' }))
  const client = createClient({ url: server.origin, authToken: 'canary' })
  const reading = sqliteStore(client).get('key')
  const error: unknown = await reading.catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'invalid_option', option: 'database' })
  expect(String(error)).toContain('is refused by its server')
  expect(String(error)).not.toContain('canary')
  client.close()
})
