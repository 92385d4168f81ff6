import { memoryStore, type TokenStore } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import { put, stagedStore } from '../src/stores/staged-store.ts'

describe('the store of a sign-in that is under way', () => {
  test('shows nothing of what is stored, and changes nothing until the end', async () => {
    const target = await storeWith({ key: 'before' })
    const staged = stagedStore(target)
    expect((await staged.get('key')).value).toBeUndefined()
    expect(await staged.compareAndSet('key', undefined, 'after')).toMatchObject({ ok: true })
    expect((await staged.get('key')).value).toBe('after')
    expect((await target.get('key')).value).toBe('before')
    await staged.commit()
    expect((await target.get('key')).value).toBe('after')
  })

  test('goes by the clock of the store that it will be written to', async () => {
    const target: TokenStore = { ...memoryStore(), get: async () => ({ now: 42 }) }
    expect(await stagedStore(target).get('key')).toEqual({ now: 42 })
  })

  test('passes on for how long a record has to be kept', async () => {
    const options: unknown[] = []
    const target: TokenStore = {
      ...memoryStore(),
      async compareAndSet(_key, _expected, _value, given) {
        options.push(given)
        return { ok: true, version: '1' }
      },
    }
    const staged = stagedStore(target)
    await staged.compareAndSet('mark', undefined, 'used', { retainMs: 600_000 })
    await staged.commit()
    expect(options).toEqual([{ retainMs: 600_000 }])
  })

  test('is not at an end when the store behind it failed meanwhile, whatever a credential makes of that', async () => {
    let isDown = false
    const memory = memoryStore()
    const target: TokenStore = {
      ...memory,
      get: (key) => (isDown ? Promise.reject(new Error('down')) : memory.get(key)),
    }
    const staged = stagedStore(target)
    isDown = true
    await expect(staged.get('key')).rejects.toThrow('down')
    isDown = false
    await expect(staged.commit()).rejects.toThrow('down')
  })
})

describe('a record that has to be written', () => {
  test('is written over what another process wrote in between', async () => {
    const memory = await storeWith({ key: 'before' })
    let isFirst = true
    const target: TokenStore = {
      ...memory,
      async compareAndSet(key, expected, value) {
        if (isFirst) await memory.compareAndSet(key, expected, 'of another')
        isFirst = false
        return await memory.compareAndSet(key, expected, value)
      },
    }
    await put(target, 'key', 'ours')
    expect((await memory.get('key')).value).toBe('ours')
  })

  test('is given up in a store that never takes it', async () => {
    const target: TokenStore = { ...memoryStore(), compareAndSet: async () => ({ ok: false }) }
    await expect(put(target, 'key', 'ours')).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})

async function storeWith(records: Readonly<Record<string, string>>): Promise<TokenStore> {
  const store = memoryStore()
  for (const [key, value] of Object.entries(records)) await store.compareAndSet(key, undefined, value)
  return store
}
