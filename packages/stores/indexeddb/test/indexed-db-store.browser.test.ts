import { isCredentialError } from '@valetkey/core'
import { indexedDbStore } from '@valetkey/store-indexeddb'
import { findLeaks } from '@valetkey/testing'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { openRaw, resultOf } from './support/requests.ts'

const LONG_MS = 10 * 60_000
const SECRET = 'refresh-token-canary-55c1'

let database = ''

beforeEach(() => {
  database = `test-${crypto.randomUUID()}`
})

afterEach(async () => {
  await resultOf(indexedDB.deleteDatabase(database))
})

describe('workers', () => {
  const workerUrl = new URL('./support/count-once.worker.ts', import.meta.url)

  test('a worker and its page share tokens and wake each other', async () => {
    const store = indexedDbStore({ database })
    const changed = store.waitForChange('count', undefined, { timeoutMs: LONG_MS })
    const worker = new Worker(workerUrl, { type: 'module', name: database })
    onTestFinished(() => worker.terminate())
    await changed
    expect(await store.get('count')).toMatchObject({ value: '1' })
  })

  test('a shared worker does too', async () => {
    const store = indexedDbStore({ database })
    await store.compareAndSet('count', undefined, '1')
    const { version } = await store.get('count')
    const changed = store.waitForChange('count', version, { timeoutMs: LONG_MS })
    const worker = new SharedWorker(workerUrl, { type: 'module', name: database })
    onTestFinished(() => worker.port.close())
    await changed
    expect(await store.get('count')).toMatchObject({ value: '2' })
  })
})

describe('a tombstone', () => {
  test('is gone once its time is over, and may be created anew', async () => {
    const store = indexedDbStore({ database })
    await store.compareAndSet('a', undefined, 'tombstone', { retainMs: 0 })
    expect(await store.get('a')).toEqual({ now: expect.any(Number) })
    expect(await Array.fromAsync(store.list())).toEqual([])
    expect(await store.compareAndSet('a', undefined, 'anew')).toMatchObject({ ok: true })
    expect(await store.get('a')).toMatchObject({ value: 'anew' })
  })

  test('leaves the disk with the next write of any key, others stay', async () => {
    const store = indexedDbStore({ database })
    await store.compareAndSet('over', undefined, 'tombstone', { retainMs: 0 })
    await store.compareAndSet('kept', undefined, 'tombstone', { retainMs: LONG_MS })
    await store.compareAndSet('a', undefined, 'record')
    expect(await rawKeys()).toEqual(['a', 'kept'])
    expect(await Array.fromAsync(store.list())).toEqual(['a', 'kept'])
  })
})

describe('the database goes away under the store', () => {
  test('another tab can delete it at once, and the store begins anew', async () => {
    const store = indexedDbStore({ database })
    await store.compareAndSet('a', undefined, 'one')
    await resultOf(indexedDB.deleteDatabase(database))
    expect(await store.get('a')).toEqual({ now: expect.any(Number) })
    expect(await store.compareAndSet('a', undefined, 'two')).toMatchObject({ ok: true })
  })

  test('the user clears the data of the site, and the store begins anew', async () => {
    const store = indexedDbStore({ database })
    await store.compareAndSet('a', undefined, 'one')
    await cdp().send('Storage.clearDataForOrigin', { origin: location.origin, storageTypes: 'indexeddb' })
    expect(await store.compareAndSet('a', undefined, 'two')).toMatchObject({ ok: true })
    expect(await store.get('a')).toMatchObject({ value: 'two' })
  })

  test('a deletion that another tab holds up ends in an error, and the store works once it is through', async () => {
    const held = await openRaw(database)
    const deleted = resultOf(indexedDB.deleteDatabase(database))
    const store = indexedDbStore({ database })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const rejected = rejectionOf(store.get('a'))
    await vi.advanceTimersByTimeAsync(4_000)
    const message = expect.stringContaining('another tab holds it')
    expect(await rejected).toMatchObject({ code: 'store_unavailable', message })
    held.close()
    await deleted
    expect(await store.compareAndSet('a', undefined, 'one')).toMatchObject({ ok: true })
  })
})

describe('what is not ours is never written over', () => {
  test('a database of a newer version', async () => {
    const newer = await openRaw(database, { version: 2, upgrade: (db) => db.createObjectStore('records') })
    newer.close()
    await expectUnreadable('was made by a newer version')
  })

  test('a database of something else under the same name', async () => {
    const foreign = await openRaw(database, { version: 1, upgrade: (db) => db.createObjectStore('carts') })
    foreign.close()
    await expectUnreadable('was made by something else')
  })

  test.each([
    ['a text', SECRET],
    ['null', null],
    ['a record without a version', { value: SECRET }],
    ['a record with a value that is no text', { version: '1', value: { token: SECRET } }],
    ['a record with an end that is no time', { version: '1', value: SECRET, endsAt: 'never' }],
  ])('%s in place of a record', async (_, garbage) => {
    await indexedDbStore({ database }).compareAndSet('other', undefined, 'one')
    await rawWrite('a', garbage)
    await expectUnreadable('was made by something else')
    expect(await rawRead('a')).toEqual(garbage)
  })

  async function expectUnreadable(says: string) {
    const store = indexedDbStore({ database })
    for (const use of [store.get('a'), store.compareAndSet('a', undefined, 'new')]) {
      const error = await rejectionOf(use)
      expect(error).toMatchObject({ code: 'record_unreadable', vendor: 'store-indexeddb', isRetryable: false })
      expect(String(error)).toContain(says)
      expect(findLeaks(error, [SECRET])).toEqual([])
    }
  }
})

describe('a browser that refuses', () => {
  test('a frame that may not store is told so', async () => {
    const frame = document.createElement('iframe')
    frame.setAttribute('sandbox', 'allow-scripts')
    const name = await new Promise((resolve) => {
      window.addEventListener('message', ({ data }) => resolve(data), { once: true })
      frame.srcdoc = `<script>try { indexedDB.open('a') } catch (error) { parent.postMessage(error.name, '*') }</script>`
      document.body.append(frame)
      onTestFinished(() => frame.remove())
    })
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementationOnce(() => {
      throw new DOMException('denied', String(name))
    })
    const error = await rejectionOf(indexedDbStore({ database }).get('a'))
    expect(error).toMatchObject({ code: 'store_unavailable' })
    expect(String(error)).toContain('the browser denies IndexedDB here')
  })

  test('without BroadcastChannel writes work, and a wait rejects: the store is polled', async () => {
    vi.stubGlobal('BroadcastChannel', undefined)
    onTestFinished(() => void vi.unstubAllGlobals())
    const store = indexedDbStore({ database })
    const waiting = store.waitForChange('a', undefined, { timeoutMs: 600_000 })
    await expect(waiting).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await store.compareAndSet('a', undefined, 'one')).toMatchObject({ ok: true })
    expect(await store.get('a')).toMatchObject({ value: 'one' })
  })
})

test('versions are random, so that none comes back after the database was deleted', async () => {
  const versions = new Set<string>()
  for (let round = 0; round < 3; round += 1) {
    const written = await indexedDbStore({ database }).compareAndSet('a', undefined, 'one')
    versions.add(written.ok ? written.version : '')
    await resultOf(indexedDB.deleteDatabase(database))
  }
  expect([...versions]).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^[0-9a-f]{32}$/)))
})

test('a wait goes on at a change of another key and at messages that tell nothing new', async () => {
  const store = indexedDbStore({ database })
  const written = await store.compareAndSet('a', undefined, 'one')
  const version = written.ok ? written.version : ''
  let isWaiting = true
  const changed = store.waitForChange('a', version, { timeoutMs: LONG_MS }).then(() => {
    isWaiting = false
  })
  const otherChanged = store.waitForChange('b', undefined, { timeoutMs: LONG_MS })
  const channel = new BroadcastChannel(`valetkey:${database}`)
  for (const message of [null, 'a', {}, { key: 'a' }, { key: 'a', version }]) channel.postMessage(message)
  channel.close()
  await store.compareAndSet('b', undefined, 'one')
  await otherChanged
  await store.get('a')
  expect(isWaiting).toBe(true)
  await store.compareAndSet('a', version, 'two')
  await changed
  expect(isWaiting).toBe(false)
})

test('stores of two names share nothing', async () => {
  const store = indexedDbStore({ database })
  const other = indexedDbStore({ database: `${database}-other` })
  onTestFinished(async () => void (await resultOf(indexedDB.deleteDatabase(`${database}-other`))))
  await other.compareAndSet('a', undefined, 'one')
  expect(await store.get('a')).toEqual({ now: expect.any(Number) })
})

async function rejectionOf(use: Promise<unknown>): Promise<unknown> {
  return await use.then(
    () => expect.fail('it should have been rejected'),
    (error: unknown) => (isCredentialError(error) ? error : expect.fail(`no CredentialError: ${String(error)}`)),
  )
}

async function rawKeys(): Promise<IDBValidKey[]> {
  const db = await openRaw(database)
  const keys = await resultOf(db.transaction('records').objectStore('records').getAllKeys())
  db.close()
  return keys
}

async function rawRead(key: string): Promise<unknown> {
  const db = await openRaw(database)
  const value: unknown = await resultOf(db.transaction('records').objectStore('records').get(key))
  db.close()
  return value
}

async function rawWrite(key: string, value: unknown): Promise<void> {
  const db = await openRaw(database)
  await resultOf(db.transaction('records', 'readwrite').objectStore('records').put(value, key))
  db.close()
}
