import { createTokenCredential, memoryStore, type TokenCredential, type TokenStore } from '@valetkey/core'
import { CredentialError } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { rotatingVendor } from './support/rotating-vendor.ts'

/** What nobody notices until it is missing. */
function setUp(change: (store: TokenStore) => Partial<TokenStore> = () => ({}), canAcquire = true) {
  const clock = virtualClock()
  const vendor = rotatingVendor({ canAcquire })
  const inner = memoryStore({ clock })
  const store: TokenStore = { ...inner, ...change(inner) }
  const make = (account = 'default'): TokenCredential =>
    createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['safe'], grant: vendor.grant },
      { clock, store: { ...store }, account },
    )
  const keyOf = (account = 'default') => JSON.stringify(['vk1', 'acme', 'safe', account])
  return { clock, vendor, store: inner, make, keyOf, credential: make() }
}

const codeOf = (promise: PromiseLike<unknown>): Promise<string> =>
  Promise.resolve(promise).then(
    () => 'token',
    (error: { code?: string; name: string }) => error.code ?? error.name,
  )

test('a failure is remembered for a second: requests in between read no store', async () => {
  let reads = 0
  const { credential, clock } = setUp(
    (store) => ({
      get(key) {
        reads += 1
        return store.get(key)
      },
    }),
    false,
  )
  for (let request = 0; request < 100; request += 1) expect(await codeOf(credential.getToken())).toBe('not_signed_in')
  expect(reads).toBe(1)
  await clock.advance(1_000)
  await codeOf(credential.getToken())
  expect(reads).toBe(2)
})

test.each([
  ['expires_in', { expiresIn: 1e300 }],
  ['the exp of a JWT', { expiresIn: undefined, accessToken: `e30.${btoa('{"exp":1e300}').replaceAll('=', '')}.sig` }],
])('no token lives longer than a year, whatever %s says', async (_name, tokens) => {
  const { credential, vendor, clock } = setUp()
  vendor.next(tokens)
  expect((await credential.getToken()).expiresAt).toBe(clock.now() + 365 * 24 * 60 * 60_000)
})

test('a record that was copied to the key of another account is refused, never served or overwritten', async () => {
  const { make, store, keyOf, vendor } = setUp()
  await make('alice').getToken()
  const { value = '' } = await store.get(keyOf('alice'))
  await store.compareAndSet(keyOf('bob'), undefined, value)
  expect(await codeOf(make('bob').getToken())).toBe('record_unreadable')
  expect(await codeOf(make('bob').signOut())).toBe('record_unreadable')
  expect((await store.get(keyOf('bob'))).value).toBe(value)
  expect(vendor.calls).toEqual(['acquire'])
})

describe('signing out', () => {
  test('leaves a tombstone that the store keeps for a day', async () => {
    const written: Array<readonly [value: string, retainMs: number | undefined]> = []
    const { credential } = setUp((store) => ({
      compareAndSet(key, expected, value, options) {
        written.push([value, options?.retainMs])
        return store.compareAndSet(key, expected, value, options)
      },
    }))
    await credential.getToken()
    expect(written.at(-1)?.[1]).toBeUndefined()
    await credential.signOut()
    const [value = '', retainMs] = written.at(-1) ?? []
    expect(JSON.parse(value)).toMatchObject({ signedOut: true })
    expect(JSON.parse(value)).not.toHaveProperty('tokens')
    expect(retainMs).toBe(24 * 60 * 60_000)
  })

  test('while another process refreshes: the tombstone stays, and the new tokens are discarded', async () => {
    const { make, vendor, clock, store, keyOf } = setUp()
    const [refreshing, leaving] = [make(), make()]
    await refreshing.getToken()
    await clock.advance(3600_000)
    const release = vendor.hold()
    const code = codeOf(refreshing.getToken())
    await clock.advance(0)
    await leaving.signOut()
    release()
    expect(await code).toBe('not_signed_in')
    expect((await store.get(keyOf())).value).toContain('"signedOut":true')
  })
})

describe('a record that cannot be read is not taken for none', () => {
  test('where the store says so: no token call, no write', async () => {
    let writes = 0
    const { credential, vendor } = setUp(() => ({
      get: () =>
        Promise.reject(new CredentialError('record_unreadable', 'no key for it', { vendor: 'store_unavailable' })),
      async compareAndSet() {
        writes += 1
        return { ok: true, version: '1' }
      },
    }))
    expect(await codeOf(credential.getToken())).toBe('record_unreadable')
    expect(await codeOf(credential.signOut())).toBe('record_unreadable')
    expect(await codeOf(credential.status())).toBe('record_unreadable')
    expect([vendor.calls, writes]).toEqual([[], 0])
  })

  test.each(['no JSON', '{}', '[]', 'null', '{"v":2}'])('%j: no token call, and it stays as it is', async (text) => {
    const { credential, vendor, store, keyOf } = setUp()
    await store.compareAndSet(keyOf(), undefined, text)
    expect(await codeOf(credential.getToken())).toBe('record_unreadable')
    expect(await codeOf(credential.signOut())).toBe('record_unreadable')
    expect(await codeOf(credential.status())).toBe('record_unreadable')
    expect([vendor.calls, (await store.get(keyOf())).value]).toEqual([[], text])
  })
})
