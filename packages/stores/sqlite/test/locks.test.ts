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

  test('a write waits for another process without holding up the program, and is there for all when it resolves', async () => {
    const opened = await driver.open(folder.path)
    close = () => opened.close()
    const store = sqliteStore(opened.database)
    const created = await store.compareAndSet('key', undefined, 'first')
    const holder = await startHolder(folder.path)
    await holder.exec('begin immediate')
    let isWritten = false
    const writing = store.compareAndSet('key', created.ok ? created.version : '', 'second').then((written) => {
      isWritten = true
      return written
    })
    // The other process answers to this one while the write waits.
    await holder.exec('select 1')
    expect(isWritten).toBe(false)
    expect((await store.get('key')).value).toBe('first')
    await holder.exec('rollback')
    expect(await writing).toMatchObject({ ok: true })
    // Fails where the write is not committed: another process then cannot write, nor see it.
    await holder.exec(`update valetkey_tokens set value = value || ', seen by another process'`)
    expect((await store.get('key')).value).toBe('second, seen by another process')
    await holder.end()
  })
})

describe('a transaction of the program on the same connection', () => {
  test('is waited for: a lease in it could be rolled back', async () => {
    const database = new DatabaseSync(':memory:')
    const store = sqliteStore(database)
    await store.get('key')
    database.exec('begin')
    const writing = store.compareAndSet('key', undefined, 'value')
    await new Promise((resolve) => setImmediate(resolve))
    database.exec('rollback')
    expect(await writing).toMatchObject({ ok: true })
    expect((await store.get('key')).value).toBe('value')
  })
})
