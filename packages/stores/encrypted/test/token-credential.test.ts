import { createTokenCredential, memoryStore, type TokenCredential, type TokenStore } from '@valetkey/core'
import { encryptedStore } from '@valetkey/store-encrypted'
import { findLeaks, virtualClock } from '@valetkey/testing'
import { expect, test } from 'vitest'
import { keyOf, NEW, OLD } from './support/keys.ts'
import { stored } from './support/stored.ts'

const SECRETS = ['access-canary-', 'refresh-canary-']

function setUp() {
  const clock = virtualClock()
  const inner = memoryStore({ clock })
  let serial = 0
  const mint = async () => {
    serial += 1
    return { accessToken: `access-canary-${serial}`, refreshToken: `refresh-canary-${serial}`, expiresIn: 3600 }
  }
  const signInTo = (store: TokenStore): TokenCredential =>
    createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: ['test'],
        grant: { acquire: mint, refresh: mint },
      },
      { clock, store },
    )
  return { clock, inner, signInTo, calls: () => serial }
}

async function onlyKey(store: TokenStore): Promise<string> {
  const keys = await Array.fromAsync(store.list?.() ?? [])
  expect(keys).toHaveLength(1)
  return keys[0] ?? ''
}

test('tokens survive a restart with another key, and are never in the store as plain text', async () => {
  const { clock, inner, signInTo } = setUp()
  const first = signInTo(encryptedStore(inner, { keys: [OLD] }))
  await first.authorization()
  await clock.advance(3_600_000)
  await first.authorization()
  const second = signInTo(encryptedStore(inner, { keys: [NEW, OLD] }))
  expect((await second.getToken()).accessToken).toBe('access-canary-2')
  expect(findLeaks(await stored(inner, await onlyKey(inner)), SECRETS)).toEqual([])
})

test('a record of an unknown key is record_unreadable, costs no token call and stays as it is', async () => {
  const { inner, signInTo, calls } = setUp()
  await signInTo(encryptedStore(inner, { keys: [OLD] })).authorization()
  const key = await onlyKey(inner)
  const before = await stored(inner, key)

  const stranger = signInTo(encryptedStore(inner, { keys: [keyOf('stranger', 9)] }))
  const unreadable = { code: 'record_unreadable', vendor: 'acme', isRetryable: false }
  await expect(Promise.resolve(stranger.authorization())).rejects.toMatchObject(unreadable)
  await expect(stranger.getToken()).rejects.toMatchObject(unreadable)
  await expect(stranger.signOut()).rejects.toMatchObject(unreadable)
  await expect(stranger.status()).rejects.toMatchObject(unreadable)
  expect(await stored(inner, key)).toEqual(before)
  expect(calls()).toBe(1)
})

test('secrets cannot be guessed by an encrypted store: the salt of its keys is sealed', async () => {
  const { clock, inner } = setUp()
  const acquire = async () => ({ accessToken: 'access-canary-1', expiresIn: 3600 })
  const grant = { acquire, secrets: async () => 'summer2026' }
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant }
  const store = encryptedStore(inner, { keys: [OLD] })
  await createTokenCredential(definition, { clock, store }).getToken()
  const [saltKey = '', key = ''] = await Array.fromAsync(inner.list?.() ?? [])
  const { salt } = JSON.parse((await store.get(saltKey)).value ?? '')
  expect(salt).toMatch(/^[0-9a-f]{32}$/)
  const lying = [saltKey, key, (await stored(inner, saltKey)).value, (await stored(inner, key)).value]
  expect(findLeaks(lying, [salt, 'summer2026', ...SECRETS])).toEqual([])
})
