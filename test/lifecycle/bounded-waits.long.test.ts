import {
  type CredentialOptions,
  createTokenCredential,
  GrantError,
  isCredentialError,
  memoryStore,
  type TokenCredential,
  type TokenGrant,
  type TokenSet,
  type TokenStore,
} from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { rotatingVendor, unavailable } from './support/rotating-vendor.ts'

const MINUTE_MS = 60_000
const FIVE_MINUTES_MS = 5 * MINUTE_MS
const DAY_MS = 24 * 60 * MINUTE_MS
const KEY = JSON.stringify(['vk1', 'acme', 'bounded', 'default'])

function setUp(grant: TokenGrant, change: (store: TokenStore) => Partial<TokenStore> = () => ({})) {
  const clock = virtualClock()
  const inner = memoryStore({ clock })
  const store: TokenStore = { ...inner, ...change(inner) }
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['bounded'], grant }
  /** Each with a store object of its own, as processes have: they share what is stored, and no memory. */
  const make = (options: CredentialOptions = {}): TokenCredential =>
    createTokenCredential(definition, { clock, store: { ...store }, ...options })
  const put = async (record: object, text = JSON.stringify(record)): Promise<void> => {
    const { version } = await inner.get(KEY)
    await inner.compareAndSet(KEY, version, text)
  }
  return { clock, store: inner, make, put, credential: make() }
}

type SetUp = ReturnType<typeof setUp>

const codeOf = (promise: PromiseLike<unknown>): Promise<string> =>
  Promise.resolve(promise).then(
    () => 'token',
    (error: { code?: string; name: string }) => error.code ?? error.name,
  )

/** A program that needs a token once a second. */
async function needTokens(
  { clock }: SetUp,
  credentials: readonly TokenCredential[],
  minutes: number,
): Promise<string[]> {
  const codes: Array<Promise<string>> = []
  for (let second = 0; second < minutes * 60; second += 1) {
    for (const credential of credentials) codes.push(codeOf(credential.getToken()))
    await clock.advance(1_000)
  }
  // The last ones wait for a store that is down.
  await clock.advance(4_000)
  return await Promise.all(codes)
}

function refusing(failure: object): { grant: TokenGrant; calls: () => number } {
  let calls = 0
  const acquire = (): Promise<TokenSet> => {
    calls += 1
    return Promise.reject(new GrantError({ sent: true, kind: 'token_unavailable', ...failure }))
  }
  return { grant: { acquire }, calls: () => calls }
}

describe('what a grant of one’s own says goes wrong', () => {
  test.each([
    ['retryAfterMs 0', { retryAfterMs: 0 }],
    ['retryAfterMs 1', { retryAfterMs: 1 }],
    ['retryAfterMs negative', { retryAfterMs: -1e300 }],
    ['retryAfterMs NaN', { retryAfterMs: Number.NaN }],
    ['retryAfterMs Infinity', { retryAfterMs: Number.POSITIVE_INFINITY }],
    ['retryAfterMs 1e300', { retryAfterMs: 1e300 }],
    ['retryAfterMs a text', { retryAfterMs: '30' }],
    ['a status that is none', { status: Number.NaN }],
    ['an error code that is none', { oauthError: { code: 1 } }],
    ['a kind that is none', { kind: 'gone' }],
  ])('%s: token_unavailable, a time within five minutes, a dozen calls in ten minutes', async (_name, failure) => {
    const { grant, calls } = refusing(failure)
    const world = setUp(grant)
    const failed = world.credential.getToken().catch((error: unknown) => error)
    await world.clock.advance(4_000)
    const error = await failed
    if (!isCredentialError(error, 'token_unavailable')) throw error
    expect(error.retryAt).toBeGreaterThan(world.clock.now() - 4_000)
    expect(error.retryAt).toBeLessThanOrEqual(world.clock.now() + FIVE_MINUTES_MS)
    const codes = await needTokens(world, [world.make(), world.make()], 10)
    expect(new Set(codes)).toEqual(new Set(['token_unavailable']))
    expect(calls()).toBeLessThanOrEqual(12)
  })

  test('nothing that it throws is an error without a type', async () => {
    const failures = [
      Object.assign(new GrantError({ kind: 'token_unavailable', sent: true }), { failure: undefined }),
      'text',
      7,
    ]
    for (const failure of [...failures, undefined, null]) {
      const world = setUp({ acquire: () => Promise.reject(failure) })
      const code = codeOf(world.credential.getToken())
      await world.clock.advance(10_000)
      expect(await code).toBe('token_unavailable')
    }
  })

  test('reauthorization_required for a sign-in is a refused sign-in: four in ten minutes, not a locked account', async () => {
    const { grant, calls } = refusing({ kind: 'reauthorization_required', status: 400, oauthError: 'invalid_grant' })
    const world = setUp(grant)
    expect(new Set(await needTokens(world, [world.credential], 10))).toEqual(new Set(['client_rejected']))
    expect(calls()).toBe(4)
  })

  test('processes with different wrong secrets do not ask in turn', async () => {
    const { grant, calls } = refusing({ kind: 'client_rejected' })
    const world = setUp(grant)
    await needTokens(world, [world.make(), world.make(), world.make()], 10)
    expect(calls()).toBeLessThanOrEqual(14)
  })

  test.each([
    ['an extra that is no JSON', { extra: { big: 1n } }],
    ['an access token that is no text', { accessToken: 7 as unknown as string }],
  ])('%s in its tokens: token_unavailable, and nothing goes on in the background', async (_name, more) => {
    const world = setUp({ acquire: async () => ({ accessToken: 'access', ...more }) })
    const code = codeOf(world.credential.getToken())
    await world.clock.advance(10_000)
    expect(await code).toBe('token_unavailable')
    await world.credential.close()
  })

  test('a token type that is none is Bearer, and the record can be read', async () => {
    const world = setUp({ acquire: async () => ({ accessToken: 'access', tokenType: 7 as unknown as string }) })
    expect(await world.credential.getToken()).toMatchObject({ tokenType: 'Bearer' })
    expect(await codeOf(world.make().getToken())).toBe('token')
  })
})

describe('lifetimes', () => {
  const jwt = (claims: object) => `e30.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.sig`

  test.each([0, 0.001])('of %d s: one token call a second, however many requests there are', async (expiresIn) => {
    const vendor = rotatingVendor({ canRefresh: false, expiresIn })
    const world = setUp(vendor.grant)
    for (let step = 0; step < 100; step += 1) {
      await Promise.all(Array.from({ length: 20 }, () => world.credential.getToken()))
      await world.clock.advance(100)
    }
    expect(vendor.calls.length).toBeLessThanOrEqual(14)
  })

  test.each([
    ['with iat', { iat: -DAY_MS / 1000, exp: 3600 - DAY_MS / 1000 }, 3600_000],
    ['without iat', { exp: 3600 - DAY_MS / 1000 }, undefined],
  ])(
    'of a JWT that has expired by a clock a day ahead, %s, cost no call per request',
    async (_name, claims, lifetimeMs) => {
      const clock = virtualClock()
      const seconds = clock.now() / 1000
      const shifted = Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, value + seconds]))
      const vendor = rotatingVendor({ canRefresh: false })
      const world = setUp(vendor.grant)
      vendor.next({ expiresIn: undefined, accessToken: jwt(shifted) })
      const { expiresAt } = await world.credential.getToken()
      expect(expiresAt).toBe(lifetimeMs && world.clock.now() + lifetimeMs)
      await needTokens(world, [world.credential], 1)
      expect(vendor.calls).toHaveLength(1)
    },
  )
})

describe('what is stored', () => {
  const record = (more: object) => ({ v: 1, key: KEY, generation: 1, setId: 'set', writtenBy: 'other-1:1', ...more })
  const failure = { count: 5, status: 503, reason: 'status 503' }
  const later = (clock: SetUp['clock'], ms: number) => clock.now() + ms

  test.each([
    ['a retryAt of a day', (clock: SetUp['clock']) => ({ failure: { ...failure, retryAt: later(clock, DAY_MS) } })],
    ['a retryAt of no time', () => ({ failure: { ...failure, retryAt: 1e300 } })],
    ['a retryAt that is null', () => ({ failure: { ...failure, retryAt: null } })],
    ['a retryAt that is negative', () => ({ failure: { ...failure, retryAt: -1 } })],
    [
      'a count of no number',
      (clock: SetUp['clock']) => ({ failure: { ...failure, count: 1e300, retryAt: later(clock, -1) } }),
    ],
    [
      'a rejection of a year',
      (clock: SetUp['clock']) => ({ rejection: { count: 9, until: later(clock, 365 * DAY_MS) } }),
    ],
    ['a rejection that is null', () => ({ rejection: { count: 9, until: null } })],
    ['strikes that are a text', () => ({ strikes: 'two' })],
  ])('%s holds nobody back', async (_name, more) => {
    const vendor = rotatingVendor()
    const world = setUp(vendor.grant)
    await world.put(record(more(world.clock)))
    expect(await codeOf(world.credential.getToken())).toBe('token')
    expect(vendor.calls).toEqual(['acquire'])
  })

  test('a back-off that was stored goes on growing after a restart', async () => {
    const { grant, calls } = refusing({ retryAfterMs: 0 })
    const world = setUp(grant)
    for (let restart = 0; restart < 600; restart += 1) {
      void codeOf(world.make().getToken())
      await world.clock.advance(1_000)
    }
    expect(calls()).toBeLessThanOrEqual(12)
  })

  test('a number that JSON makes infinite does not make the record unreadable', async () => {
    const vendor = rotatingVendor()
    const world = setUp(vendor.grant)
    const tokens = '{"accessToken":"stored","tokenType":"Bearer","issuedAt":1,"expiresAt":1e999}'
    await world.put(
      {},
      `{"v":1,"key":${JSON.stringify(KEY)},"generation":1,"setId":"s","writtenBy":"w","tokens":${tokens}}`,
    )
    const { accessToken, expiresAt = Number.NaN } = await world.credential.getToken()
    expect(accessToken).toBe('stored')
    expect(new Date(expiresAt).toISOString()).toMatch(/^\d{4}-/)
  })

  test('a lease that ends in a year, by another clock, is taken over once it has not changed for its length', async () => {
    const vendor = rotatingVendor()
    const world = setUp(vendor.grant)
    const claim = { owner: 'gone-1:1', attempt: 1, base: 'issue', until: world.clock.now() + 365 * DAY_MS }
    await world.put(record({ claim }))
    const code = codeOf(world.credential.getToken())
    await world.clock.advance(15_000)
    expect(vendor.calls).toEqual([])
    await world.clock.advance(2_000)
    expect(await code).toBe('token')
  })

  const HOUR_MS = 60 * MINUTE_MS

  test.each([
    ['ahead', HOUR_MS],
    ['back', -HOUR_MS],
  ])(
    'a holder that is alive keeps its lease while the clock jumps %s: nothing is sent twice',
    async (_name, jumpMs) => {
      const vendor = rotatingVendor({ canAcquire: false })
      const world = setUp(vendor.grant)
      await world.put(
        record({
          tokens: { accessToken: 'stored', tokenType: 'Bearer', issuedAt: 1, expiresAt: 2, refreshToken: 'refresh-1' },
        }),
      )
      const answer = vendor.hold()
      const holder = codeOf(world.credential.getToken())
      await world.clock.advance(1_000)
      const waiter = codeOf(world.make().getToken())
      await world.clock.advance(1_000)
      world.clock.setWall(world.clock.now() + jumpMs)
      await world.clock.advance(40_000)
      expect(vendor.calls).toEqual(['refresh refresh-1'])
      answer()
      await world.clock.advance(2_000)
      expect([await holder, await waiter]).toEqual(['reauthorization_required', 'reauthorization_required'])
      expect(vendor.calls).toEqual(['refresh refresh-1'])
    },
  )

  test.each([
    ['ahead', HOUR_MS],
    ['back', -HOUR_MS],
  ])(
    'a dead lease is taken over after its own length while the clock jumps %s, also by short calls',
    async (_name, jumpMs) => {
      const vendor = rotatingVendor()
      const world = setUp(vendor.grant)
      const claim = { owner: 'gone-1:1', attempt: 1, base: 'issue', until: world.clock.now() + 12_000 }
      await world.put(record({ claim }))
      const waiter = world.make({ maxWaitMs: 2_000 })
      const codes: Array<Promise<string>> = []
      const need = async (seconds: number): Promise<void> => {
        for (let second = 0; second < seconds; second += 1) {
          codes.push(codeOf(waiter.getToken()))
          await world.clock.advance(1_000)
        }
      }
      await need(4)
      world.clock.setWall(world.clock.now() + jumpMs)
      await need(8)
      expect(vendor.calls).toEqual([])
      await need(5)
      expect(vendor.calls).toEqual(['acquire'])
      expect(await codes.at(-1)).toBe('token')
    },
  )

  test('a store whose clock is no number is store_unavailable, and nothing is written', async () => {
    let writes = 0
    const world = setUp(rotatingVendor().grant, (store) => ({
      get: async (key) => ({ ...(await store.get(key)), now: Number.NaN }),
      compareAndSet: (...args) => {
        writes += 1
        return store.compareAndSet(...args)
      },
    }))
    const code = codeOf(world.credential.getToken())
    await world.clock.advance(10_000)
    expect([await code, writes]).toEqual(['store_unavailable', 0])
  })
})

test('after "Retry-After: 86400" one process asks again in five minutes, and then everybody has a token', async () => {
  const vendor = rotatingVendor({ canRefresh: false })
  const world = setUp(vendor.grant)
  vendor.next(unavailable({ status: 503, retryAfterMs: DAY_MS }))
  expect(await codeOf(world.credential.getToken())).toBe('token_unavailable')
  await world.clock.advance(FIVE_MINUTES_MS - 3_000)
  expect(await codeOf(world.make().getToken())).toBe('token_unavailable')
  expect(vendor.calls).toHaveLength(1)
  await world.clock.advance(3_000)
  const codes = Promise.all(Array.from({ length: 50 }, () => codeOf(world.make().getToken())))
  await world.clock.advance(2_000)
  expect(new Set(await codes)).toEqual(new Set(['token']))
  expect(vendor.calls).toHaveLength(2)
})

test.each([1, 3, 7, 15, 31, 63, 127])('after an outage of %i s nobody waits longer than it lasted', async (seconds) => {
  const clock = virtualClock()
  const endsAt = clock.now() + seconds * 1000
  let world: SetUp | undefined
  const acquire = async (): Promise<TokenSet> => {
    if ((world?.clock.now() ?? 0) < endsAt) throw unavailable({ status: 503, retryAfterMs: 0 })
    return { accessToken: 'access', expiresIn: 3600 }
  }
  world = setUp({ acquire })
  const codes = await needTokens(world, [world.credential], (2 * seconds + 2) / 60)
  expect(codes.at(-1)).toBe('token')
})

describe('work for nobody', () => {
  test('when the last caller has left, a token endpoint that fails is not asked again', async () => {
    const { grant, calls } = refusing({})
    const world = setUp(grant)
    const leave = new AbortController()
    const code = codeOf(world.credential.getToken({ signal: leave.signal }))
    await world.clock.advance(100)
    leave.abort(new TypeError('left'))
    await world.clock.advance(MINUTE_MS)
    expect([await code, calls()]).toEqual(['TypeError', 1])
  })

  test('while one caller waits on, it is', async () => {
    const vendor = rotatingVendor()
    const world = setUp(vendor.grant)
    vendor.next(unavailable(), unavailable())
    const leaving = codeOf(world.credential.getToken({ signal: AbortSignal.abort(new Error('left')) }))
    const staying = codeOf(world.credential.getToken())
    await world.clock.advance(2_000)
    expect([await leaving, await staying]).toEqual(['Error', 'token'])
  })
})

describe('a store whose every write is lost', () => {
  function losing(after: number) {
    const counted = { calls: 0, writes: 0 }
    const world = setUp(rotatingVendor().grant, (store) => ({
      get(key) {
        counted.calls += 1
        return store.get(key)
      },
      compareAndSet(...args) {
        counted.calls += 1
        counted.writes += 1
        return counted.writes <= after ? store.compareAndSet(...args) : Promise.resolve({ ok: false })
      },
    }))
    return { ...world, counted }
  }

  test('a token: store_unavailable within maxWaitMs, at a call or two a second, and the event loop turns', async () => {
    const { credential, clock, counted } = losing(0)
    const code = codeOf(credential.getToken())
    await clock.advance(MINUTE_MS + 1_000)
    expect(['store_unavailable', 'timeout']).toContain(await code)
    expect(counted.calls).toBeLessThanOrEqual(200)
    const before = counted.calls
    await clock.advance(10 * MINUTE_MS)
    expect(counted.calls).toBe(before)
  })

  test.each([
    ['a sign-in', (credential: TokenCredential) => storeSignIn(credential, { accessToken: 'access' })],
    ['a sign-out', (credential: TokenCredential) => credential.signOut()],
  ])('%s: store_unavailable after half a minute', async (_name, act) => {
    const { credential, clock, counted, put } = losing(0)
    await put({ v: 1, key: KEY, generation: 1, setId: 'set', writtenBy: 'other' })
    const code = codeOf(act(credential))
    await clock.advance(MINUTE_MS)
    expect(await code).toBe('store_unavailable')
    expect(counted.calls).toBeLessThanOrEqual(120)
  })

  test('tokens that cannot be stored are served, stored at a slower and slower pace, and close() ends that', async () => {
    const { credential, clock, counted } = losing(1)
    const token = credential.getToken()
    await clock.advance(2_100)
    expect((await token).accessToken).toBe('access-1')
    await clock.advance(10 * MINUTE_MS)
    expect(counted.calls).toBeLessThanOrEqual(600)
    const closed = credential.close()
    await clock.advance(20_000)
    await closed
    const before = counted.calls
    await clock.advance(10 * MINUTE_MS)
    expect(counted.calls).toBe(before)
  })
})

describe('a store that is down', () => {
  const down = () => Promise.reject(new Error('connection refused'))
  const isDown = () => ({ get: down, compareAndSet: down })

  test('a token endpoint that fails too gets a dozen requests in ten minutes', async () => {
    const { grant, calls } = refusing({ retryAfterMs: 0 })
    const world = setUp(grant, isDown)
    expect(new Set(await needTokens(world, [world.credential], 10))).toEqual(new Set(['token_unavailable']))
    expect(calls()).toBeGreaterThan(3)
    expect(calls()).toBeLessThanOrEqual(12)
  })

  test('a wrong password is tried four times in ten minutes', async () => {
    const { grant, calls } = refusing({ kind: 'client_rejected' })
    const world = setUp(grant, isDown)
    expect(new Set(await needTokens(world, [world.credential], 10))).toEqual(new Set(['client_rejected']))
    expect(calls()).toBe(4)
  })
})
