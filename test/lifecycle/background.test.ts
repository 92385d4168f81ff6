import {
  type AnyCredentialEvent,
  createTokenCredential,
  GrantError,
  memoryStore,
  type TokenStore,
} from '@valetkey/core'
import { CredentialError, storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { rotatingVendor, unavailable } from './support/rotating-vendor.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A credential in use, and how often it reads its store, which may fail. */
function setUp(options: Parameters<typeof rotatingVendor>[0] = {}, canSignIn = true) {
  const clock = virtualClock()
  const vendor = rotatingVendor(options)
  const { acquire: _, ...ofPerson } = vendor.grant
  const inner = memoryStore({ clock })
  const state = { reads: 0, error: undefined as Error | undefined }
  const get: TokenStore['get'] = (key) => {
    state.reads += 1
    return state.error ? Promise.reject(state.error) : inner.get(key)
  }
  const compareAndSet: TokenStore['compareAndSet'] = (...write) =>
    state.error ? Promise.reject(state.error) : inner.compareAndSet(...write)
  const background: Promise<unknown>[] = []
  const definition = {
    vendor: 'acme',
    origins: ['https://api.acme.example'],
    identity: ['background'],
    grant: canSignIn ? vendor.grant : ofPerson,
  }
  const make = () =>
    createTokenCredential(definition, {
      clock,
      store: { specVersion: 'v1', get, compareAndSet },
      keyedBy: 'identity',
      waitUntil: (work) => void background.push(work),
    })
  const credential = make()
  const events: AnyCredentialEvent[] = []
  credential.on('*', (...event) => events.push(event))
  const use = async (times = 1) => {
    for (let time = 0; time < times; time += 1) void credential.authorization()
    const tokens = await credential.authorization()
    await clock.advance(0)
    return tokens
  }
  const told = () => events.map(([name]) => name)
  return { clock, vendor, state, background, make, credential, events, told, use }
}

const outcomeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'token',
    ({ code, retryAt }: CredentialError & { retryAt?: number }) => [code, retryAt],
  )

describe('the store is read again in the background', () => {
  test('by the first use after half a minute, once for all, and again half a minute later', async () => {
    const { clock, state, background, use } = setUp()
    await use()
    state.reads = 0
    background.length = 0
    await clock.advance(29_999)
    await use(5)
    expect([state.reads, background.length]).toEqual([0, 0])
    await clock.advance(1)
    await use(5)
    expect([state.reads, background.length]).toEqual([1, 1])
    await clock.advance(29_999)
    await use(5)
    expect(state.reads).toBe(1)
    await clock.advance(1)
    await use(5)
    expect(state.reads).toBe(2)
  })

  test('a second after it failed, which is told, and takes no token away', async () => {
    const { clock, state, events, told, use } = setUp()
    const { generation } = await use()
    await clock.advance(30_000)
    state.error = new Error('refused')
    state.reads = 0
    expect((await use(3)).generation).toBe(generation)
    await clock.advance(999)
    await use(3)
    expect(state.reads).toBe(1)
    expect(told()).toEqual(['acquired', 'store_degraded'])
    expect(events.at(-1)?.[1]).toMatchObject({ generation: 0, reason: 'no answer' })
    await clock.advance(1)
    await use(3)
    expect(state.reads).toBe(2)
  })

  test('and a record that cannot be read is no outage', async () => {
    const { clock, state, told, use } = setUp()
    await use()
    await clock.advance(30_000)
    state.error = new CredentialError('record_unreadable', 'lost', { vendor: 'file' })
    await use()
    expect([state.reads > 1, told()]).toEqual([true, ['acquired']])
  })

  test('and what another process obtained meanwhile is used, and told', async () => {
    const { clock, events, make, credential, use } = setUp()
    const before = await use()
    const other = make()
    await other.renew(before)
    const { generation } = await other.authorization()
    await clock.advance(30_000)
    await use()
    expect((await credential.authorization()).generation).toBe(generation)
    expect(events.at(-1)).toMatchObject(['adopted', { generation }])
  })
})

describe('a refresh in the background', () => {
  test('begins with the first use in the last minute, once, and lasts as long as it takes', async () => {
    const { clock, vendor, use } = setUp()
    await use()
    await clock.advance(HOUR_MS - 60_001)
    await use()
    expect(vendor.calls).toHaveLength(1)
    await clock.advance(15_000)
    const release = vendor.hold()
    for (let second = 0; second < 5; second += 1) {
      await use(3)
      await clock.advance(1_000)
    }
    expect(vendor.calls).toHaveLength(2)
    release()
    await clock.advance(1_000)
    const { generation } = await use()
    await clock.advance(60_000)
    expect((await use()).generation).toBe(generation)
    expect(vendor.calls).toHaveLength(2)
  })

  test('that failed is tried again when the vendor may be asked', async () => {
    const { clock, vendor, use, told } = setUp()
    await use()
    await clock.advance(HOUR_MS - 45_000)
    vendor.next(unavailable({ retryAfterMs: 10_000 }))
    await use()
    await clock.advance(5_000)
    await use()
    expect(told()).toEqual(['acquired', 'refresh_failed'])
    await clock.advance(5_000)
    await use()
    expect(told()).toEqual(['acquired', 'refresh_failed', 'refreshed'])
  })
})

test('that a person must sign in again is told by use alone, where the access token lives longer than the refresh token', async () => {
  const { clock, credential, events, told, use } = setUp({}, false)
  const given = {
    accessToken: 'a',
    refreshToken: 'r',
    expiresIn: (30 * DAY_MS) / 1_000,
    refreshExpiresIn: (10 * DAY_MS) / 1_000,
  }
  await storeSignIn(credential, given)
  const refreshExpiresAt = clock.now() + 10 * DAY_MS
  await clock.advance(8 * DAY_MS - 300_001)
  await use()
  await clock.advance(300_000)
  await use()
  expect(told()).toEqual(['signed_in'])
  await clock.advance(300_000)
  await use()
  expect(told()).toEqual(['signed_in', 'reauthorization_due'])
  await clock.advance(300_000)
  await use()
  expect(told()).toEqual(['signed_in', 'reauthorization_due'])
  expect(events.at(-1)?.[1]).toMatchObject({ refreshExpiresAt })
})

test('a token request in which nothing happens is no longer relied on after two seconds, and answers all the same', async () => {
  const { clock, vendor, state, credential } = setUp({ canRefresh: false })
  const release = vendor.hold()
  const token = credential.getToken()
  await clock.advance(1_999)
  expect(state.reads).toBe(1)
  await clock.advance(1)
  expect(state.reads).toBeGreaterThan(1)
  release()
  await clock.advance(5_000)
  expect([(await token).accessToken, vendor.calls]).toEqual(['access-1', ['acquire']])
})

describe('while the store is down, a program that signs in itself asks the vendor alone', () => {
  const isDown = (options = { canRefresh: false }) => {
    const world = setUp(options)
    world.state.error = new Error('refused')
    const ask = () => world.clock.runUntil(outcomeOf(world.credential.getToken()), 4_000)
    return { ...world, ask }
  }

  test('and as long as the vendor wants to be left alone, asks it nothing', async () => {
    const { clock, vendor, ask } = isDown()
    vendor.next(unavailable({ status: 503, retryAfterMs: 60_000 }))
    const [code, retryAt] = (await ask()) as [string, number]
    expect([code, retryAt]).toEqual(['token_unavailable', clock.now() + 60_000])
    await clock.advance(30_000)
    expect(await ask()).toEqual(['token_unavailable', retryAt])
    expect(vendor.calls).toHaveLength(1)
    await clock.advance(30_000)
    expect(await ask()).toBe('token')
    expect(vendor.calls).toHaveLength(2)
  })

  test('every four seconds at most, and less often with each failure', async () => {
    const { clock, vendor, ask } = isDown()
    vendor.next(...Array.from({ length: 6 }, () => unavailable({ status: 503 })))
    const waits: number[] = []
    for (let failure = 0; failure < 6; failure += 1) {
      const [, retryAt] = (await ask()) as [string, number]
      waits.push(retryAt - clock.now())
      await clock.advance(retryAt - clock.now())
    }
    expect(vendor.calls).toHaveLength(6)
    expect(waits).toEqual([4_000, 4_000, 4_000, 4_000, 4_000, 7_200])
  })

  test('that rejects it: not for a minute, then not for two', async () => {
    const { clock, vendor, ask } = isDown()
    const error = new GrantError({ kind: 'client_rejected', sent: true, status: 401, oauthError: 'invalid_client' })
    vendor.next(error, error)
    expect(await ask()).toEqual(['client_rejected', undefined])
    await clock.advance(50_000)
    expect(await ask()).toEqual(['client_rejected', undefined])
    expect(vendor.calls).toHaveLength(1)
    await clock.advance(10_000)
    await ask()
    expect(vendor.calls).toHaveLength(2)
    await clock.advance(110_000)
    await ask()
    expect(vendor.calls).toHaveLength(2)
    await clock.advance(10_000)
    expect(await ask()).toBe('token')
  })

  test('but not where a refresh token would be spent', async () => {
    const { vendor, ask } = isDown({ canRefresh: true })
    expect(await ask()).toEqual(['store_unavailable', undefined])
    expect(vendor.calls).toEqual([])
  })
})
