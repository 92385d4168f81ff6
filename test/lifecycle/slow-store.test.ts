import { createTokenCredential, memoryStore, type TokenGrant, type TokenStore } from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { rotatingVendor } from './support/rotating-vendor.ts'

function setUp(
  grant: TokenGrant,
  change: (store: TokenStore, clock: ReturnType<typeof virtualClock>) => Partial<TokenStore>,
) {
  const clock = virtualClock()
  const inner = memoryStore({ clock })
  const store: TokenStore = { ...inner, ...change(inner, clock) }
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['slow'], grant }
  return { clock, credential: createTokenCredential(definition, { clock, store }) }
}

test('tokens that are handed out before they can be stored, and expire first, block nobody', async () => {
  const state = { isDown: false, writes: 0 }
  const vendor = rotatingVendor({ expiresIn: 1 })
  const orDown = <T>(call: () => Promise<T>) => (state.isDown ? Promise.reject(new Error('down')) : call())
  const { clock, credential } = setUp(vendor.grant, (store) => ({
    get: (key) => orDown(() => store.get(key)),
    compareAndSet(key, expected, value) {
      state.writes += 1
      // The lease is written; what the vendor answers cannot be.
      if (state.writes === 2) state.isDown = true
      return orDown(() => store.compareAndSet(key, expected, value))
    },
  }))
  const first = credential.getToken()
  await clock.advance(2_100)
  expect((await first).accessToken).toBe('access-1')
  const second = credential.getToken()
  await clock.advance(500)
  state.isDown = false
  await clock.advance(3_000)
  expect((await second).accessToken).toBe('access-2')
  expect(vendor.reuses()).toBe(0)
})

describe('a call that needs a token fails 4 s after the store has become', () => {
  const never = () => new Promise<never>(() => {})
  const failing = () => Promise.reject(new Error('refused'))

  test.each<[string, Partial<TokenStore>]>([
    ['silent', { get: never, compareAndSet: never }],
    ['silent for writes', { compareAndSet: never }],
    ['one that refuses', { get: failing, compareAndSet: failing }],
    ['one that refuses writes', { compareAndSet: failing }],
  ])('%s', async (_name, broken) => {
    const state: { change: Partial<TokenStore> } = { change: {} }
    const vendor = rotatingVendor({ expiresIn: 100 })
    const { clock, credential } = setUp(vendor.grant, (store) => ({
      get: (...args) => (state.change.get ?? store.get)(...args),
      compareAndSet: (...args) => (state.change.compareAndSet ?? store.compareAndSet)(...args),
    }))
    await credential.getToken()
    await clock.advance(100_000)
    state.change = broken
    const startedAt = clock.monotonic()
    const failed = credential.getToken().catch(({ code }: { code: string }) => [code, clock.monotonic() - startedAt])
    await clock.advance(20_000)
    const [code, afterMs] = (await failed) as [string, number]
    expect(code).toBe('store_unavailable')
    expect(afterMs).toBeGreaterThanOrEqual(3_800)
    expect(afterMs).toBeLessThanOrEqual(4_000)
    expect(vendor.calls).toHaveLength(1)
  })
})

test('a lifetime counts from before a slow read of the store, never from after it', async () => {
  const vendor = rotatingVendor({ expiresIn: 10 })
  const { clock, credential } = setUp(vendor.grant, (store, time) => ({
    async get(key) {
      await time.sleep(3_000)
      return store.get(key)
    },
  }))
  const token = credential.getToken()
  await clock.advance(3_000)
  expect((await token).expiresAt).toBeLessThanOrEqual(clock.now() + 10_000)
})

test('a background refresh whose read came late is not waited for again', async () => {
  const vendor = rotatingVendor({ expiresIn: 100 })
  const state = { readMs: 0 }
  const { clock, credential } = setUp(vendor.grant, (store, time) => ({
    async get(key) {
      const read = await store.get(key)
      if (state.readMs > 0) await time.sleep(state.readMs)
      return read
    },
  }))
  await credential.getToken()
  await clock.advance(94_000)
  state.readMs = 3_000
  await credential.authorization()
  await clock.advance(1_500)
  state.readMs = 0
  const waiting = credential.getToken()
  await clock.advance(10_000)
  expect((await waiting).accessToken).toBe('access-2')
})

test('refusals with whole lifetimes between them are not strikes in a row', async () => {
  const vendor = rotatingVendor({ expiresIn: 100 })
  const { clock, credential } = setUp(vendor.grant, () => ({}))
  await credential.renew(await credential.authorization())
  await credential.renew(await credential.authorization())
  for (let lifetime = 0; lifetime < 3; lifetime += 1) {
    await clock.advance(100_000)
    await credential.getToken()
  }
  expect(await credential.renew(await credential.authorization())).toBeDefined()
})
