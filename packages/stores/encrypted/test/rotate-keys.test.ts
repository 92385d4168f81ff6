import { memoryStore, type TokenStore } from '@valetkey/core'
import { encryptedStore } from '@valetkey/store-encrypted'
import { decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import { keyOf, NEW, OLD } from './support/keys.ts'
import { plant, stored } from './support/stored.ts'

test('a key is replaced without stopping anybody', async () => {
  const inner = memoryStore()
  const before = encryptedStore(inner, { keys: [OLD] })
  await before.compareAndSet('a', undefined, 'value of a')
  await before.compareAndSet('b', undefined, 'value of b')

  const both = encryptedStore(inner, { keys: [NEW, OLD] })
  expect(await both.get('a')).toMatchObject({ value: 'value of a' })
  const bothRead = await both.get('b')
  await both.compareAndSet('b', bothRead.version, 'newer value of b')
  expect(await both.rotateKeys()).toEqual({ resealed: 1, unreadable: 0 })

  const after = encryptedStore(inner, { keys: [NEW] })
  expect(await after.get('a')).toMatchObject({ value: 'value of a' })
  expect(await after.get('b')).toMatchObject({ value: 'newer value of b' })
})

test('instances that still encrypt with the old key go on while records are sealed anew', async () => {
  const inner = memoryStore()
  const preparing = encryptedStore(inner, { keys: [OLD, NEW] })
  await preparing.compareAndSet('a', undefined, 'one')
  await encryptedStore(inner, { keys: [NEW, OLD] }).rotateKeys()
  const { version, value } = await preparing.get('a')
  expect(value).toBe('one')
  expect(await preparing.compareAndSet('a', version, 'two')).toMatchObject({ ok: true })
  expect(await encryptedStore(inner, { keys: [NEW, OLD] }).get('a')).toMatchObject({ value: 'two' })
})

test('an instance without the new key finds the record unreadable and cannot overwrite it with what it read before', async () => {
  const inner = memoryStore()
  const late = encryptedStore(inner, { keys: [OLD] })
  const written = await late.compareAndSet('a', undefined, 'one')
  await encryptedStore(inner, { keys: [NEW, OLD] }).rotateKeys()
  const sealed = await stored(inner, 'a')
  await expect(late.get('a')).rejects.toMatchObject({ code: 'record_unreadable' })
  expect(await late.compareAndSet('a', written.ok ? written.version : undefined, 'two')).toEqual({ ok: false })
  expect(await stored(inner, 'a')).toEqual(sealed)
})

test('a second rotation writes nothing', async () => {
  const inner = memoryStore()
  await encryptedStore(inner, { keys: [OLD] }).compareAndSet('a', undefined, 'one')
  const store = encryptedStore(inner, { keys: [NEW, OLD] })
  await store.rotateKeys()
  const sealed = await stored(inner, 'a')
  expect(await store.rotateKeys()).toEqual({ resealed: 0, unreadable: 0 })
  expect(await stored(inner, 'a')).toEqual(sealed)
})

test('a record that is written while it is sealed anew keeps the newer value', async () => {
  const inner = memoryStore()
  const old = encryptedStore(inner, { keys: [OLD, NEW] })
  await old.compareAndSet('a', undefined, 'one')
  let writes = 2
  const busy: TokenStore = {
    ...inner,
    async compareAndSet(key, expected, value, options) {
      if (writes > 0) {
        writes -= 1
        await old.compareAndSet('a', (await old.get('a')).version, `newer, ${writes} to come`)
      }
      return await inner.compareAndSet(key, expected, value, options)
    },
  }
  expect(await encryptedStore(busy, { keys: [NEW, OLD] }).rotateKeys()).toEqual({ resealed: 1, unreadable: 0 })
  expect(await encryptedStore(inner, { keys: [NEW] }).get('a')).toMatchObject({ value: 'newer, 0 to come' })
})

test('a record that disappears meanwhile is nobody’s concern', async () => {
  const inner = memoryStore()
  const listing: TokenStore = {
    ...inner,
    async *list() {
      yield 'gone'
    },
  }
  expect(await encryptedStore(listing, { keys: [NEW, OLD] }).rotateKeys()).toEqual({ resealed: 0, unreadable: 0 })
})

test('records that no key opens are counted and left alone, the others are sealed anew', async () => {
  const inner = memoryStore()
  await plant(inner, 'plain', '{"refreshToken":"from before encryption"}')
  await encryptedStore(inner, { keys: [keyOf('lost', 9)] }).compareAndSet('lost', undefined, 'one')
  await encryptedStore(inner, { keys: [OLD] }).compareAndSet('old', undefined, 'two')
  const untouched = [await stored(inner, 'plain'), await stored(inner, 'lost')]
  const store = encryptedStore(inner, { keys: [NEW, OLD] })
  expect(await store.rotateKeys()).toEqual({ resealed: 1, unreadable: 2 })
  expect([await stored(inner, 'plain'), await stored(inner, 'lost')]).toEqual(untouched)
  expect(decodeProtectedHeader((await stored(inner, 'old')).value).kid).toBe(NEW.id)
})

test('a tombstone is still dropped one day after it was sealed anew', async () => {
  const inner = memoryStore()
  const retained: unknown[] = []
  const recording: TokenStore = {
    ...inner,
    compareAndSet(...write) {
      retained.push(write[3]?.retainMs)
      return inner.compareAndSet(...write)
    },
  }
  await encryptedStore(inner, { keys: [OLD] }).compareAndSet('a', undefined, 'tombstone', { retainMs: 86_400_000 })
  await encryptedStore(inner, { keys: [OLD] }).compareAndSet('b', undefined, 'record')
  await encryptedStore(recording, { keys: [NEW, OLD] }).rotateKeys()
  expect(retained).toEqual([86_400_000, undefined])
})

test('what the inner store rejects with ends the rotation', async () => {
  const inner = memoryStore()
  await encryptedStore(inner, { keys: [OLD] }).compareAndSet('a', undefined, 'one')
  const down = new Error('connection refused')
  const readOnly = { ...inner, compareAndSet: () => Promise.reject(down) }
  await expect(encryptedStore(readOnly, { keys: [NEW, OLD] }).rotateKeys()).rejects.toBe(down)
  const away = { ...inner, get: () => Promise.reject(down) }
  await expect(encryptedStore(away, { keys: [NEW, OLD] }).rotateKeys()).rejects.toBe(down)
})

test('a store that cannot list its keys cannot rotate them, and says so', async () => {
  const { get, compareAndSet } = memoryStore()
  const store = encryptedStore({ specVersion: 'v1', get, compareAndSet }, { keys: [OLD] })
  await expect(store.rotateKeys()).rejects.toThrow(
    '[@valetkey/store-encrypted] "store" must have list() for rotateKeys()',
  )
})
