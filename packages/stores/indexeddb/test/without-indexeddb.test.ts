import { createTokenCredential } from '@valetkey/core'
import { indexedDbStore } from '@valetkey/store-indexeddb'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'

describe('where there is no IndexedDB, such as on a server that renders pages', () => {
  const unavailable = {
    code: 'store_unavailable',
    vendor: 'store-indexeddb',
    isRetryable: true,
    message: '[@valetkey/store-indexeddb] there is no IndexedDB here: it is for browsers',
  }

  test('a store can be made, and using it says what is missing', async () => {
    const store = indexedDbStore()
    await expect(store.get('a')).rejects.toMatchObject(unavailable)
    await expect(store.compareAndSet('a', undefined, 'one')).rejects.toMatchObject(unavailable)
    await expect(Array.fromAsync(store.list())).rejects.toMatchObject(unavailable)
  })

  test('a wait ends with its timeout', async () => {
    await expect(indexedDbStore().waitForChange('a', undefined, { timeoutMs: 1 })).resolves.toBeUndefined()
  })

  test('a credential that needs no stored token works from memory, and tells', async () => {
    const clock = virtualClock()
    const grant = { acquire: async () => ({ accessToken: 'access-1', expiresIn: 3600 }) }
    const origins = ['https://api.example.com']
    const credential = createTokenCredential(
      { vendor: 'acme', origins, identity: ['test'], grant },
      { clock, store: indexedDbStore() },
    )
    const reasons: string[] = []
    credential.on('store_degraded', ({ reason }) => reasons.push(reason))
    const token = await clock.runUntil(credential.getToken(), 1_000)
    expect(token.accessToken).toBe('access-1')
    expect(reasons).toEqual([expect.stringContaining('IndexedDB')])
  })
})

test.each([[''], [null], [7]])('a database named %j is refused at once', (database) => {
  const make = () => Reflect.apply(indexedDbStore, undefined, [{ database }])
  expect(make).toThrow(expect.objectContaining({ code: 'invalid_option', option: 'database' }))
  expect(make).toThrow('[@valetkey/store-indexeddb] "database" must be a non-empty string')
})
