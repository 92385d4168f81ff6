import { memoryStore, type TokenStore } from '@valetkey/core'
import { expect, test } from 'vitest'
import { fallbackStore } from '../src/stores/fallback-store.ts'

const FAILURE = new Error('read-only file system')
const KEY = 'key'

test('a store that cannot be opened is memory, told once', async () => {
  const told: unknown[] = []
  const store = fallbackStore(
    () => Promise.reject(FAILURE),
    (error) => told.push(error),
  )
  expect((await store.get(KEY)).value).toBeUndefined()
  expect(await store.compareAndSet(KEY, undefined, 'tokens')).toMatchObject({ ok: true })
  expect((await store.get(KEY)).value).toBe('tokens')
  expect(told).toEqual([FAILURE])
})

test('a store that can be read and not written is read, and what is written is in memory', async () => {
  const told: unknown[] = []
  const readOnly: TokenStore = { ...memoryStore(), compareAndSet: () => Promise.reject(FAILURE) }
  const written = memoryStore()
  await written.compareAndSet(KEY, undefined, 'before')
  const store = fallbackStore(
    async () => ({ ...readOnly, get: (key) => written.get(key) }),
    (error) => told.push(error),
  )
  const { version, value } = await store.get(KEY)
  expect(value).toBe('before')
  expect(await store.compareAndSet(KEY, version, 'after')).toMatchObject({ ok: true })
  expect((await store.get(KEY)).value).toBe('after')
  expect((await written.get(KEY)).value).toBe('before')
  expect(told).toEqual([FAILURE])
})

test('reads and writes that fail together are told once', async () => {
  const told: unknown[] = []
  const broken: TokenStore = {
    ...memoryStore(),
    get: () => Promise.reject(FAILURE),
    compareAndSet: () => Promise.reject(FAILURE),
  }
  const store = fallbackStore(
    async () => broken,
    (error) => told.push(error),
  )
  await Promise.all([store.get(KEY), store.get(KEY), store.compareAndSet(KEY, undefined, 'tokens')])
  expect((await store.get(KEY)).value).toBe('tokens')
  expect(told).toEqual([FAILURE])
})
