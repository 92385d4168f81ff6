import {
  createTokenCredential,
  memoryStore,
  type TokenCredential,
  type TokenSet,
  type TokenStore,
} from '@valetkey/core'
import { expect, test } from 'vitest'

/** What a program asks of a store that is elsewhere. */
function countedStore(inner = memoryStore()): { readonly store: TokenStore; readonly asked: string[] } {
  const asked: string[] = []
  const store: TokenStore = {
    specVersion: 'v1',
    get(key) {
      asked.push('read')
      return inner.get(key)
    },
    compareAndSet(key, expected, value, options) {
      asked.push('write')
      return inner.compareAndSet(key, expected, value, options)
    },
  }
  return { store, asked }
}

/** A vendor that gives other tokens each time. */
function countedVendor() {
  let calls = 0
  const give = async (): Promise<TokenSet> => {
    calls += 1
    return { accessToken: `access-${calls}`, refreshToken: `refresh-${calls}`, expiresIn: 3600 }
  }
  const open = (store: TokenStore): TokenCredential =>
    createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: ['test'],
        grant: { acquire: give, refresh: give },
      },
      { store },
    )
  return { open, calls: () => calls }
}

const HUNDRED = Array.from({ length: 100 })

test('a hundred requests that need the first token ask the store for one read and two writes', async () => {
  const vendor = countedVendor()
  const { store, asked } = countedStore()
  const credential = vendor.open(store)
  await Promise.all(HUNDRED.map(() => credential.authorization()))
  expect(asked).toEqual(['read', 'write', 'write'])
  expect(vendor.calls()).toBe(1)
})

test('a thousand requests with a fresh token ask the store for nothing', async () => {
  const vendor = countedVendor()
  const { store, asked } = countedStore()
  const credential = vendor.open(store)
  await credential.authorization()
  asked.length = 0
  for (let sent = 0; sent < 1000; sent += 1) await credential.authorization()
  expect(asked).toEqual([])
})

test('a hundred requests whose token is refused ask the store for one read and two writes', async () => {
  const vendor = countedVendor()
  const { store, asked } = countedStore()
  const credential = vendor.open(store)
  const refused = await credential.authorization()
  asked.length = 0
  await Promise.all(HUNDRED.map(() => credential.renew(refused)))
  expect(asked).toEqual(['read', 'write', 'write'])
  expect(vendor.calls()).toBe(2)
})

test('a second process that finds a fresh token reads once and writes nothing', async () => {
  const vendor = countedVendor()
  const shared = memoryStore()
  await vendor.open(countedStore(shared).store).authorization()
  const { store, asked } = countedStore(shared)
  await vendor.open(store).authorization()
  expect(asked).toEqual(['read'])
  expect(vendor.calls()).toBe(1)
})
