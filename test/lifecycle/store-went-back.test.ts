import { createTokenCredential, memoryStore, type TokenCredential, type TokenStore } from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { expect, test } from 'vitest'
import { rotatingVendor } from './support/rotating-vendor.ts'

const LIFETIME_S = 100
const KEY = JSON.stringify(['vk1', 'acme', 'back', 'default'])

/** A person's sign-in, refreshed twice by a process that goes on; `goBack` puts what was stored after the sign-in in its place. */
async function setUp() {
  const vendor = rotatingVendor({ expiresIn: LIFETIME_S })
  const { acquire, refresh } = vendor.grant
  if (!acquire || !refresh) throw new Error('the grant has acquire and refresh')
  const clock = virtualClock()
  const inner = memoryStore({ clock })
  const read: { get: TokenStore['get'] } = { get: inner.get }
  const store: TokenStore = { specVersion: 'v1', get: (key) => read.get(key), compareAndSet: inner.compareAndSet }
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['back'], grant: { refresh } }
  /** Each with a store object of its own, as processes have. */
  const make = (): TokenCredential =>
    createTokenCredential(definition, { clock, store: { ...store }, maxWaitMs: 10_000 })
  const process = make()
  const events: string[] = []
  process.on('store_went_back', () => events.push('store_went_back'))
  const tokens = await acquire({ account: 'default', signal: new AbortController().signal, fetch, now: clock.now })
  await storeSignIn(process, tokens)
  const old = await inner.get(KEY)
  for (let times = 0; times < 2; times += 1) {
    await clock.advance(LIFETIME_S * 1_000)
    await process.getToken()
  }
  const put = async (value: string | undefined): Promise<void> => {
    const { version } = await inner.get(KEY)
    await inner.compareAndSet(KEY, version, value ?? '', value === undefined ? { retainMs: 0 } : {})
  }
  const settle = async <T>(promise: Promise<T>): Promise<T | string> => {
    const settled = promise.catch((error: { code: string; reason?: string }) =>
      [error.code, error.reason].join(' ').trim(),
    )
    await clock.advance(15_000)
    return settled
  }
  const tokenOf = (credential: TokenCredential) => settle(credential.getToken().then(({ accessToken }) => accessToken))
  return { vendor, clock, inner, read, make, process, events, old, put, settle, tokenOf, goBack: () => put(old.value) }
}

test('a process that knows a newer refresh token puts it back, says so, and does not spend the older one', async () => {
  const { vendor, clock, make, process, events, goBack, tokenOf } = await setUp()
  const { generation } = await process.authorization()
  const restored: number[] = []
  process.on('store_went_back', (event) => restored.push(event.generation))
  await goBack()
  await clock.advance(LIFETIME_S * 1_000)
  expect(await tokenOf(process)).toBe('access-4')
  expect(restored).toEqual([generation])
  expect(events).toEqual(['store_went_back'])
  expect(await tokenOf(make())).toBe('access-4')
  expect(vendor.reuses()).toBe(0)
})

test('it notices within half a minute of use, so that no other process spends the older one', async () => {
  const { vendor, clock, make, process, events, goBack, tokenOf } = await setUp()
  await goBack()
  await clock.advance(31_000)
  await process.getToken()
  await clock.advance(1_000)
  expect(events).toEqual(['store_went_back'])
  expect(await tokenOf(make())).toBe('access-3')
  await clock.advance(LIFETIME_S * 1_000)
  expect(await tokenOf(make())).toBe('access-4')
  expect(vendor.reuses()).toBe(0)
})

test('a replica that lags: nothing is spent, the error is one to retry, and the token comes when it has caught up', async () => {
  const { vendor, clock, inner, read, process, events, old, tokenOf } = await setUp()
  read.get = async () => ({ ...old, now: clock.now() })
  await clock.advance(LIFETIME_S * 1_000)
  expect(await tokenOf(process)).toBe('timeout')
  expect([vendor.calls.length, events]).toEqual([3, []])
  read.get = inner.get
  expect(await tokenOf(process)).toBe('access-4')
  expect(vendor.reuses()).toBe(0)
})

test('a store that goes back while the token endpoint works gets the new tokens', async () => {
  const { vendor, clock, make, process, goBack, tokenOf } = await setUp()
  await clock.advance(LIFETIME_S * 1_000)
  const answer = vendor.hold()
  const token = process.getToken()
  await clock.advance(100)
  await goBack()
  answer()
  await clock.advance(1_000)
  expect((await token).accessToken).toBe('access-4')
  expect(await tokenOf(make())).toBe('access-4')
  expect(vendor.reuses()).toBe(0)
})

test('where another process has spent the older one, the error says why, and not invalid_grant', async () => {
  const { clock, make, process, goBack, tokenOf } = await setUp()
  await goBack()
  await clock.advance(LIFETIME_S * 1_000)
  await tokenOf(make())
  expect(await tokenOf(process)).toBe('reauthorization_required store_went_back')
})

test('a sign-out stays one when the store goes back to before it', async () => {
  const { vendor, inner, process, goBack, settle, tokenOf } = await setUp()
  await settle(process.signOut())
  await goBack()
  expect(await tokenOf(process)).toBe('not_signed_in')
  expect(JSON.parse((await inner.get(KEY)).value ?? '')).toMatchObject({ signedOut: true })
  expect(vendor.calls).toHaveLength(3)
})

test('a record that was deleted stays deleted', async () => {
  const { clock, inner, process, events, put, tokenOf } = await setUp()
  await put(undefined)
  await clock.advance(LIFETIME_S * 1_000)
  expect(await tokenOf(process)).toBe('not_signed_in')
  expect([(await inner.get(KEY)).value, events]).toEqual([undefined, []])
})
