import { DatabaseSync } from 'node:sqlite'
import { sqliteStore } from '@valetkey/store-sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFolder, DRIVERS, type Folder } from './support/drivers.ts'
import { startHolder } from './support/holder.ts'

describe.each(DRIVERS)('over $name', (driver) => {
  let folder: Folder
  let close = (): void => {}
  beforeEach(() => {
    folder = createFolder()
  })
  afterEach(() => {
    close()
    folder.remove()
  })

  test('a lock that stays is told after 3 s, and the next write is kept', async () => {
    const opened = await driver.open(folder.path)
    close = () => opened.close()
    const store = sqliteStore(opened.database)
    await store.get('key')
    const holder = await startHolder(folder.path)
    await holder.exec('begin immediate')
    await expect(store.compareAndSet('key', undefined, 'canary')).rejects.toMatchObject({
      code: 'store_unavailable',
      message: '[@valetkey/store-sqlite] the database was locked by another connection for 3 s',
    })
    await holder.exec('rollback')
    expect(await store.compareAndSet('key', undefined, 'value')).toMatchObject({ ok: true })
    await holder.exec(`update valetkey_tokens set value = value || ', seen'`)
    expect((await store.get('key')).value).toBe('value, seen')
    await holder.end()
  })
})

test('a transaction of the program that does not end is told after 3 s', async () => {
  const database = new DatabaseSync(':memory:')
  database.exec('begin')
  await expect(sqliteStore(database).get('key')).rejects.toMatchObject({
    code: 'store_unavailable',
    message: '[@valetkey/store-sqlite] the database was locked by a transaction of this program for 3 s',
  })
})
