import {
  type Authorization,
  type CredentialOptions,
  createTokenCredential,
  GrantError,
  isCredentialError,
  memoryStore,
  type TokenCredential,
  type TokenStore,
} from '@valetkey/core'
import { CredentialError, storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { type RotatingVendorOptions, rotatingVendor, unavailable } from './support/rotating-vendor.ts'

function setUp(vendorOptions: RotatingVendorOptions = {}, options: CredentialOptions = {}) {
  const clock = virtualClock()
  const vendor = rotatingVendor(vendorOptions)
  const store = memoryStore({ clock })
  const make = (more: CredentialOptions = {}): TokenCredential =>
    createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant: vendor.grant },
      { clock, store, ...options, ...more },
    )
  const credential = make()
  return { clock, vendor, store, make, credential }
}

const bearer = (authorization: Authorization): string | undefined => authorization.headers.authorization

async function onlyKey(store: TokenStore): Promise<string> {
  const keys: string[] = []
  for await (const key of store.list?.() ?? []) keys.push(key)
  expect(keys).toHaveLength(1)
  return keys[0] ?? ''
}

async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  return await Promise.resolve(promise).then(
    () => expect.fail('it should have been rejected'),
    (error: unknown) => error,
  )
}

describe('one refresh for everybody', () => {
  test('a thousand callers without a token cause one token call', async () => {
    const { credential, vendor } = setUp()
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => credential.authorization()))
    expect(new Set(tokens.map(bearer))).toEqual(new Set(['Bearer access-1']))
    expect(vendor.calls).toEqual(['acquire'])
  })

  test('a thousand callers after expiry cause one refresh', async () => {
    const { credential, vendor, clock } = setUp()
    await credential.authorization()
    await clock.advance(3600_000)
    await Promise.all(Array.from({ length: 1000 }, () => credential.authorization()))
    expect(vendor.calls).toEqual(['acquire', 'refresh refresh-1'])
  })

  test('a thousand refusals of one authorization cause one refresh, and late ones none', async () => {
    const { credential, vendor } = setUp()
    const refused = await credential.authorization()
    const renewed = await Promise.all(Array.from({ length: 1000 }, () => credential.renew(refused)))
    expect(new Set(renewed.map((next) => next && bearer(next)))).toEqual(new Set(['Bearer access-2']))
    const late = await credential.renew(refused)
    expect(late && bearer(late)).toBe('Bearer access-2')
    expect(vendor.calls).toEqual(['acquire', 'refresh refresh-1'])
  })

  test('two credentials of one identity and store share tokens and flight', async () => {
    const { credential, make, vendor } = setUp()
    const other = make()
    await Promise.all([credential.authorization(), other.authorization()])
    expect(vendor.calls).toEqual(['acquire'])
  })

  test('two accounts share nothing', async () => {
    const { credential, make, vendor } = setUp()
    const other = make({ account: 'second' })
    const [first, second] = await Promise.all([credential.authorization(), other.authorization()])
    expect(bearer(first)).not.toBe(bearer(second))
    expect(vendor.calls).toEqual(['acquire', 'acquire'])
  })

  test('a fresh token in memory is given in the same turn', async () => {
    const { credential } = setUp()
    await credential.authorization()
    expect(credential.authorization()).not.toBeInstanceOf(Promise)
  })

  test('a caller that aborts leaves alone; the refresh goes on for the others', async () => {
    const { credential, vendor } = setUp()
    const release = vendor.hold()
    const abort = new AbortController()
    const leaving = rejection(credential.getToken({ signal: abort.signal }))
    const staying = credential.getToken()
    abort.abort(new Error('closed the tab'))
    expect(await leaving).toEqual(new Error('closed the tab'))
    release()
    expect((await staying).accessToken).toBe('access-1')
    expect(vendor.calls).toEqual(['acquire'])
  })

  test('no caller waits longer than maxWaitMs', async () => {
    const { credential, vendor, clock } = setUp({}, { maxWaitMs: 5_000 })
    vendor.hold()
    const waiting = rejection(credential.getToken())
    await clock.advance(5_000)
    expect(isCredentialError(await waiting, 'timeout')).toBe(true)
  })
})

describe('windows', () => {
  test('shortly before expiry the token is still used while one refresh runs in the background', async () => {
    const { credential, vendor, clock } = setUp()
    await credential.authorization()
    await clock.advance(3600_000 - 50_000)
    const during = await Promise.all(Array.from({ length: 100 }, () => credential.authorization()))
    expect(new Set(during.map(bearer))).toEqual(new Set(['Bearer access-1']))
    await credential.close()
    expect(bearer(await credential.authorization())).toBe('Bearer access-2')
    expect(vendor.calls).toEqual(['acquire', 'refresh refresh-1'])
  })

  test('the windows shrink with short lifetimes: a 10 s token is used quietly for 8 s and at all for 9 s', async () => {
    const { credential, vendor, clock } = setUp({ expiresIn: 10 })
    await credential.authorization()
    await clock.advance(8_000)
    await credential.authorization()
    await credential.close()
    expect(vendor.calls).toHaveLength(1)
    await clock.advance(999)
    expect(bearer(await credential.authorization())).toBe('Bearer access-1')
    await credential.close()
    expect(vendor.calls).toHaveLength(2)
  })

  test('a background refresh that fails disturbs nobody', async () => {
    const { credential, vendor, clock } = setUp()
    await credential.authorization()
    vendor.next(unavailable(), unavailable(), unavailable(), unavailable(), unavailable())
    await clock.advance(3600_000 - 50_000)
    expect(bearer(await credential.authorization())).toBe('Bearer access-1')
    await credential.close()
    expect(bearer(await credential.authorization())).toBe('Bearer access-1')
  })

  test('a machine that slept, its monotonic clock stopped, does not use an expired token', async () => {
    const { credential, vendor, clock } = setUp()
    await credential.authorization()
    clock.setWall(clock.now() + 3600_000)
    await credential.authorization()
    expect(vendor.calls).toHaveLength(2)
  })

  test('a wall clock that is set back does not lengthen the life of a token, as the store keeps its own', async () => {
    const storeClock = virtualClock()
    const { credential, vendor, clock } = setUp({}, { store: memoryStore({ clock: storeClock }) })
    await credential.authorization()
    clock.setWall(clock.now() - 7200_000)
    await Promise.all([clock.advance(3600_000), storeClock.advance(3600_000)])
    await credential.authorization()
    expect(vendor.calls).toHaveLength(2)
  })
})

describe('lifetimes as vendors name them', () => {
  const jwt = (claims: object) => `e30.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.sig`

  test.each([
    ['a number', 100, 100_000],
    ['a float', 99.5, 99_500],
    ['a numeric string', '100', 100_000],
  ])('expires_in as %s', async (_name, expiresIn, lifetime) => {
    const { credential, vendor, clock } = setUp()
    vendor.next({ expiresIn: expiresIn as number })
    expect((await credential.getToken()).expiresAt).toBe(clock.now() + lifetime)
  })

  test('expires_in of 1 ms: everybody who waited gets the token, and a second later the next use asks again', async () => {
    const { credential, vendor, clock } = setUp({ canRefresh: false })
    vendor.next({ expiresIn: 0.001 })
    const first = await Promise.all(Array.from({ length: 50 }, () => credential.getToken()))
    expect(new Set(first.map((token) => token.accessToken))).toEqual(new Set(['access-1']))
    expect((await credential.getToken()).accessToken).toBe('access-1')
    await clock.advance(1_000)
    expect((await credential.getToken()).accessToken).toBe('access-2')
  })

  test.each([
    ['0', 0],
    ['negative', -1],
    ['NaN', Number.NaN],
    ['text', 'soon'],
    ['absent', undefined],
  ])('expires_in %s: the token is used until it is refused', async (_name, expiresIn) => {
    const { credential, vendor, clock } = setUp()
    vendor.next({ expiresIn: expiresIn as number })
    const refused = await credential.authorization()
    expect(await credential.getToken()).not.toHaveProperty('expiresAt')
    await clock.advance(90 * 24 * 3600_000)
    expect(bearer(await credential.authorization())).toBe('Bearer access-1')
    await credential.renew(refused)
    expect(vendor.calls).toEqual(['acquire', 'refresh refresh-1'])
  })

  test('without expires_in, the exp of a JWT counts', async () => {
    const { credential, vendor, clock } = setUp()
    const iat = clock.now() / 1000
    vendor.next({ expiresIn: undefined, accessToken: jwt({ iat, exp: iat + 600 }) })
    expect((await credential.getToken()).expiresAt).toBe((iat + 600) * 1000)
  })

  test('a JWT from a server whose clock is behind ours lives as long as it says', async () => {
    const { credential, vendor, clock } = setUp()
    const iat = clock.now() / 1000 + 300
    vendor.next({ expiresIn: undefined, accessToken: jwt({ iat, exp: iat + 600 }) })
    expect((await credential.getToken()).expiresAt).toBe(clock.now() + 600_000)
  })
})

describe('rotation', () => {
  test('a refresh answer without a refresh token keeps the one that was used', async () => {
    const { credential, vendor, clock, store } = setUp()
    await credential.authorization()
    vendor.next({ refreshToken: undefined })
    await clock.advance(3600_000)
    await credential.authorization()
    const stored = await store.get(await onlyKey(store))
    expect(JSON.parse(stored.value ?? '').tokens.refreshToken).toBe('refresh-1')
  })

  test('the old access token is no longer in the store once there is a new one', async () => {
    const { credential, store } = setUp()
    await credential.renew(await credential.authorization())
    const { value } = await store.get(await onlyKey(store))
    expect(value).toContain('access-2')
    expect(value).not.toContain('access-1')
  })

  test('generations grow, also over a sign-out', async () => {
    const { credential } = setUp()
    const first = await credential.authorization()
    const second = await credential.renew(first)
    await credential.signOut()
    const third = await credential.authorization()
    expect(second?.generation).toBeGreaterThan(first.generation)
    expect(third.generation).toBeGreaterThan(second?.generation ?? 0)
  })

  test('a dead refresh token makes a grant with acquire sign in again, in the same flight', async () => {
    const { credential, vendor, clock } = setUp()
    await credential.authorization()
    vendor.revokeGrants()
    await clock.advance(3600_000)
    const tokens = await Promise.all(Array.from({ length: 100 }, () => credential.getToken()))
    expect(new Set(tokens.map((token) => token.accessToken))).toEqual(new Set(['access-2']))
    expect(vendor.calls).toEqual(['acquire', 'refresh refresh-1', 'acquire'])
  })

  test('a person is called for only where the grant cannot sign in by itself', async () => {
    const { credential, vendor, clock, store } = setUp()
    const { refresh = () => expect.fail('the vendor can refresh') } = vendor.grant
    const human = createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['human'], grant: { refresh } },
      { clock, store },
    )
    const called: string[] = []
    for (const [name, who] of Object.entries({ credential, human }))
      who.on('reauthorization_required', () => called.push(name))
    await credential.authorization()
    await storeSignIn(human, { accessToken: 'access-0', refreshToken: 'refresh-0', expiresIn: 3600 })
    vendor.revokeGrants()
    await clock.advance(3600_000)
    await credential.getToken()
    await rejection(human.getToken())
    expect(called).toEqual(['human'])
  })

  test('an unavailable token endpoint never makes it sign in again', async () => {
    const { credential, vendor, clock } = setUp()
    await credential.authorization()
    vendor.next(unavailable(), unavailable(), unavailable(), unavailable())
    await clock.advance(3600_000)
    const failed = rejection(credential.getToken())
    await clock.advance(10_000)
    expect(isCredentialError(await failed, 'token_unavailable')).toBe(true)
    expect(vendor.calls.slice(1)).toEqual(Array.from({ length: 4 }, () => 'refresh refresh-1'))
  })
})

describe('failures of the token endpoint', () => {
  test('three in a row cost nobody a request', async () => {
    const { credential, vendor, clock } = setUp({ canRefresh: false })
    vendor.next(unavailable(), unavailable(), unavailable())
    const tokens = Promise.all(Array.from({ length: 100 }, () => credential.getToken()))
    await clock.advance(5_000)
    expect(new Set((await tokens).map((token) => token.accessToken)).size).toBe(1)
    expect(vendor.calls).toHaveLength(4)
  })

  test('the fourth fails everybody who waits, with the time to come back', async () => {
    const { credential, vendor, clock } = setUp({ canRefresh: false })
    vendor.next(unavailable(), unavailable(), unavailable(), unavailable())
    const all = Array.from({ length: 100 }, () => rejection(credential.getToken()))
    await clock.advance(5_000)
    for (const error of await Promise.all(all)) {
      expect(
        isCredentialError(error, 'token_unavailable') && error.isRetryable && error.retryAt > clock.now() - 5_000,
      ).toBe(true)
    }
    expect(vendor.calls).toHaveLength(4)
  })

  test('until then nothing is sent; then one probe is', async () => {
    const { credential, vendor, clock } = setUp({ canRefresh: false })
    vendor.next(unavailable({ retryAfterMs: 30_000, status: 429 }))
    const error = await rejection(credential.getToken())
    expect(isCredentialError(error, 'token_unavailable') && error.retryAt).toBe(clock.now() + 30_000)
    await clock.advance(27_000)
    await rejection(credential.getToken())
    expect(vendor.calls).toHaveLength(1)
    await clock.advance(3_001)
    await Promise.all(Array.from({ length: 100 }, () => credential.getToken()))
    expect(vendor.calls).toHaveLength(2)
  })

  test('at retryAt exactly, it is tried again', async () => {
    const { credential, vendor, clock } = setUp({ canRefresh: false })
    vendor.next(unavailable(), unavailable(), unavailable(), unavailable())
    const failed = rejection(credential.getToken())
    await clock.advance(1_750)
    const error = await failed
    if (!isCredentialError(error, 'token_unavailable')) throw error
    await clock.advance(error.retryAt - clock.now())
    expect((await credential.getToken()).accessToken).toBe('access-1')
  })

  test('a rate limit with a short Retry-After is waited out', async () => {
    const { credential, vendor, clock } = setUp({ canRefresh: false })
    vendor.next(unavailable({ retryAfterMs: 2_000, status: 429 }))
    const token = credential.getToken()
    await clock.advance(2_000)
    expect((await token).accessToken).toBe('access-1')
  })

  test('what a grant throws beside GrantError counts as unavailable and is not shown', async () => {
    const clock = virtualClock()
    const credential = createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: [],
        grant: { acquire: () => Promise.reject(new Error('canary-secret')) },
      },
      { clock },
    )
    const failed = rejection(credential.getToken())
    await clock.advance(10_000)
    const error = await failed
    expect(isCredentialError(error, 'token_unavailable')).toBe(true)
    expect(`${error} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('canary-secret')
  })

  test.each([
    ['CR and LF', 'abc\r\nx: y'],
    ['NUL', 'a\0b'],
    ['a space', 'a b'],
    ['nothing', ''],
    ['a megabyte', 'a'.repeat(1 << 20)],
  ])('an access token with %s is never used', async (_name, accessToken) => {
    const { credential, vendor, clock } = setUp({ canRefresh: false })
    vendor.next({ accessToken }, { accessToken }, { accessToken }, { accessToken })
    const failed = rejection(credential.getToken())
    await clock.advance(10_000)
    expect(isCredentialError(await failed, 'token_unavailable')).toBe(true)
  })

  test('an answer that does not come counts as none after a minute', async () => {
    const { credential, vendor, clock } = setUp({ canRefresh: false }, { maxWaitMs: 300_000 })
    const release = vendor.hold()
    const token = credential.getToken()
    await clock.advance(60_000)
    release()
    await clock.advance(1_000)
    await token
    expect(vendor.calls).toHaveLength(2)
  })
})

describe('a refused sign-in', () => {
  const wrongPassword = () =>
    new GrantError({
      kind: 'client_rejected',
      sent: true,
      status: 400,
      oauthError: 'invalid_grant',
      description: 'Wrong password',
    })

  test('fails with the words of the vendor, and is not tried again at once', async () => {
    const { credential, vendor } = setUp()
    vendor.next(wrongPassword())
    const errors = await Promise.all(Array.from({ length: 100 }, () => rejection(credential.getToken())))
    for (const error of errors) {
      expect(
        isCredentialError(error, 'client_rejected') && [error.oauthError, error.description, error.status],
      ).toEqual(['invalid_grant', 'Wrong password', 400])
    }
    await rejection(credential.getToken())
    expect(vendor.calls).toEqual(['acquire'])
  })

  test('is tried again after a minute, in case it was mended at the vendor', async () => {
    const { credential, vendor, clock } = setUp()
    vendor.next(wrongPassword())
    await rejection(credential.getToken())
    await clock.advance(60_001)
    expect((await credential.getToken()).accessToken).toBe('access-1')
  })

  test('binds only those who hold the same secret', async () => {
    const clock = virtualClock()
    const store = memoryStore({ clock })
    const vendor = rotatingVendor()
    const make = (secret: string) =>
      createTokenCredential(
        {
          vendor: 'acme',
          origins: ['https://api.acme.example'],
          identity: ['same'],
          grant: { ...vendor.grant, secrets: async () => secret },
        },
        { clock, store },
      )
    vendor.next(wrongPassword())
    await rejection(make('wrong').getToken())
    await clock.advance(1_001)
    expect(isCredentialError(await rejection(make('wrong').getToken()), 'client_rejected')).toBe(true)
    await clock.advance(1_001)
    expect((await make('corrected').getToken()).accessToken).toBe('access-1')
  })
})

test('a place that sets more than the credential says it carries is refused, without showing the token', async () => {
  const { grant } = rotatingVendor()
  const place = ({ accessToken }: { accessToken: string }) => ({ headers: { 'X-Token': accessToken } })
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: [], grant, place }
  const error = await rejection(Promise.resolve(createTokenCredential(definition).authorization()))
  expect(isCredentialError(error, 'invalid_option') && error.option).toBe('carries')
  expect(String(error)).not.toContain('access-1')
  const carries = { headers: ['X-Token'], query: [] }
  const { headers } = await createTokenCredential({ ...definition, carries }).authorization()
  expect(headers).toEqual({ 'x-token': 'access-2' })
})

describe('grants that need a human', () => {
  test('without a sign-in the error says so, and nothing is sent', async () => {
    const { credential, vendor } = setUp({ canAcquire: false })
    expect(isCredentialError(await rejection(credential.getToken()), 'not_signed_in')).toBe(true)
    expect(await credential.status()).toEqual({ state: 'signed_out' })
    expect(vendor.calls).toEqual([])
  })

  test('a dead refresh token: one call, then everybody is told at once', async () => {
    const { credential, vendor, clock, store } = setUp()
    await credential.authorization()
    vendor.revokeGrants()
    const human = createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: ['test'],
        grant: { refresh: vendor.grant.refresh! },
      },
      { clock, store },
    )
    await clock.advance(3600_000)
    const error = await rejection(human.getToken())
    expect(isCredentialError(error, 'reauthorization_required') && error.reason).toBe('invalid_grant')
    await clock.advance(2_000)
    await rejection(human.getToken())
    expect(vendor.calls).toEqual(['acquire', 'refresh refresh-1'])
    expect(await human.status()).toMatchObject({ state: 'reauthorization_required', reason: 'invalid_grant' })
  })
})

describe('two strikes', () => {
  test('an API that refuses good tokens costs two refreshes, then one a minute', async () => {
    const { credential, vendor, clock } = setUp({ canRefresh: false })
    const refuse = async () => {
      const authorization = await credential.authorization()
      return await credential.renew(authorization)
    }
    await refuse()
    await refuse()
    for (let minute = 0; minute < 3; minute += 1) {
      for (let second = 0; second < 59; second += 1) {
        expect(await refuse()).toBeUndefined()
        await clock.advance(1_000)
      }
      await clock.advance(2_000)
      expect(await refuse()).toBeDefined()
    }
    expect(vendor.calls).toHaveLength(1 + 2 + 3)
  })

  test('an accepted request ends it', async () => {
    const { credential } = setUp({ canRefresh: false })
    await credential.renew(await credential.authorization())
    await credential.renew(await credential.authorization())
    const current = await credential.authorization()
    expect(await credential.renew(current)).toBeUndefined()
    credential.observe?.('replayed', { generation: current.generation, status: 200, accepted: true })
    await new Promise((resolve) => setImmediate(resolve))
    expect(await credential.renew(current)).toBeDefined()
  })
})

describe('signing out', () => {
  test('discards a token that is being acquired', async () => {
    const { credential, vendor } = setUp()
    const release = vendor.hold()
    const waiting = rejection(credential.getToken())
    await new Promise((resolve) => setImmediate(resolve))
    await credential.signOut()
    release()
    expect(isCredentialError(await waiting, 'not_signed_in')).toBe(true)
    expect(await credential.status()).toEqual({ state: 'renewable' })
    expect((await credential.getToken()).accessToken).toBe('access-2')
  })

  test('takes effect at once in this process, and is told', async () => {
    const { credential } = setUp()
    const told: string[] = []
    credential.on('signed_out', ({ vendor }) => told.push(vendor))
    await credential.authorization()
    expect(await credential.signOut()).toEqual({ revoked: false })
    expect(credential.authorization()).toBeInstanceOf(Promise)
    expect(told).toEqual(['acme'])
  })
})

describe('several processes', () => {
  /** A second process shares the stored data, but no memory. */
  const otherProcess = (store: ReturnType<typeof memoryStore>) => ({ ...store })

  test('one refreshes, the other adopts', async () => {
    const { credential, vendor, clock, store, make } = setUp()
    const other = make({ store: otherProcess(store) })
    const adopted: number[] = []
    other.on('adopted', ({ generation }) => adopted.push(generation))
    await credential.authorization()
    await other.authorization()
    await clock.advance(3600_000)
    const [first, second] = await Promise.all([credential.getToken(), other.getToken()])
    expect(first.accessToken).toBe(second.accessToken)
    expect(vendor.calls).toEqual(['acquire', 'refresh refresh-1'])
    expect(vendor.reuses()).toBe(0)
    expect(adopted).toHaveLength(2)
  })

  test('a sign-out elsewhere takes effect after half a minute and one request', async () => {
    const { credential, clock, store, make } = setUp({ canAcquire: true })
    const other = make({ store: otherProcess(store) })
    await credential.authorization()
    await other.authorization()
    await credential.signOut()
    expect(bearer(await other.authorization())).toBe('Bearer access-1')
    await clock.advance(30_000)
    await other.authorization()
    await clock.advance(0)
    expect(bearer(await other.authorization())).toBe('Bearer access-2')
  })
})

describe('the store is down', () => {
  function breakable(store: ReturnType<typeof memoryStore>) {
    const state = { down: false }
    const orDown =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        state.down ? Promise.reject(new Error('connection refused')) : call(...args)
    return { state, store: { ...store, get: orDown(store.get), compareAndSet: orDown(store.compareAndSet) } }
  }

  test('what memory holds is served', async () => {
    const { store: inner, make, clock } = setUp()
    const { state, store } = breakable(inner)
    const credential = make({ store })
    await credential.authorization()
    state.down = true
    await clock.advance(3000_000)
    expect(bearer(await credential.authorization())).toBe('Bearer access-1')
  })

  test('a grant whose refresh token rotates is not refreshed without it', async () => {
    const { store: inner, make, clock, vendor } = setUp()
    const { state, store } = breakable(inner)
    const credential = make({ store })
    await credential.authorization()
    state.down = true
    await clock.advance(3600_000)
    const failed = rejection(credential.getToken())
    await clock.advance(10_000)
    expect(isCredentialError(await failed, 'store_unavailable')).toBe(true)
    expect(vendor.calls).toEqual(['acquire'])
    state.down = false
    await clock.advance(1_000)
    expect((await credential.getToken()).accessToken).toBe('access-2')
  })

  test('the store tells in its own words what is wrong, and those of a driver are not shown', async () => {
    const { store: inner, make, clock } = setUp()
    const failWith = async (problem: Error) => {
      const failed = rejection(make({ store: { ...inner, get: () => Promise.reject(problem) } }).getToken())
      await clock.advance(10_000)
      return String(await failed)
    }
    const ours = new CredentialError('store_unavailable', 'the table is missing: run postgresSchema()', {
      vendor: 'store_unavailable',
    })
    expect(await failWith(ours)).toContain('run postgresSchema()')
    expect(await failWith(new Error('row (canary) is bad'))).not.toContain('canary')
  })

  test('a grant that spends nothing acquires tokens for this process alone, and says so', async () => {
    const { store: inner, make, clock, vendor } = setUp({ canRefresh: false })
    const { state, store } = breakable(inner)
    const credential = make({ store })
    const told: string[] = []
    credential.on('store_degraded', ({ reason }) => told.push(reason))
    state.down = true
    const tokens = Promise.all(Array.from({ length: 100 }, () => credential.getToken()))
    await clock.advance(10_000)
    expect(new Set((await tokens).map((token) => token.accessToken))).toEqual(new Set(['access-1']))
    expect(vendor.calls).toEqual(['acquire'])
    expect(told.length).toBeGreaterThan(0)
    state.down = false
    const refused = await credential.authorization()
    const renewed = await credential.renew(refused)
    expect(renewed && renewed.generation > refused.generation).toBe(true)
    expect(vendor.calls).toEqual(['acquire', 'acquire'])
  })

  test('a record that this version cannot read is left as it is', async () => {
    const { credential, store, vendor } = setUp()
    await credential.authorization()
    const key = await onlyKey(store)
    const { version } = await store.get(key)
    await store.compareAndSet(key, version, '{"v":2}')
    const other = rejection(setUpOn(store, vendor).getToken())
    expect(isCredentialError(await other, 'record_unreadable')).toBe(true)
    expect(isCredentialError(await rejection(setUpOn(store, vendor).signOut()), 'record_unreadable')).toBe(true)
    expect((await store.get(key)).value).toBe('{"v":2}')
  })

  function setUpOn(store: ReturnType<typeof memoryStore>, vendor: ReturnType<typeof rotatingVendor>): TokenCredential {
    return createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant: vendor.grant },
      { store: { ...store } },
    )
  }
})

describe('a sign-in by a person', () => {
  const signedIn = { accessToken: 'from-sign-in', refreshToken: 'refresh-of-sign-in', expiresIn: 3600 }

  test('is stored and used at once', async () => {
    const { credential } = setUp({ canAcquire: false })
    await storeSignIn(credential, signedIn)
    expect(bearer(await credential.authorization())).toBe('Bearer from-sign-in')
    expect(await credential.status()).toMatchObject({ state: 'ready', renewable: true })
  })

  test('is not overwritten by a refresh that began before', async () => {
    const { credential, vendor, clock } = setUp()
    await credential.authorization()
    await clock.advance(3600_000)
    const release = vendor.hold()
    const refreshing = credential.getToken()
    await new Promise((resolve) => setImmediate(resolve))
    await storeSignIn(credential, signedIn)
    release()
    expect((await refreshing).accessToken).toBe('from-sign-in')
    expect(bearer(await credential.authorization())).toBe('Bearer from-sign-in')
  })

  test('ends a dead grant', async () => {
    const { credential, vendor, clock } = setUp({ canAcquire: false })
    await storeSignIn(credential, signedIn)
    await clock.advance(3600_000)
    const error = await rejection(credential.getToken())
    expect(isCredentialError(error, 'reauthorization_required')).toBe(true)
    await storeSignIn(credential, signedIn)
    expect((await credential.getToken()).accessToken).toBe('from-sign-in')
    expect(vendor.calls).toHaveLength(1)
  })

  test('with tokens that cannot be used is refused, and nothing stored is lost', async () => {
    const { credential } = setUp()
    await credential.authorization()
    const error = await rejection(storeSignIn(credential, { accessToken: 'canary\r\n' }))
    expect(isCredentialError(error, 'sign_in_failed')).toBe(true)
    expect(String(error)).not.toContain('canary')
    expect(bearer(await credential.authorization())).toBe('Bearer access-1')
  })
})
