import {
  type CredentialOptions,
  createTokenCredential,
  type ImportedTokens,
  memoryStore,
  type TokenCredential,
  type TokenStore,
} from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { type RotatingVendorOptions, rotatingVendor, unavailable } from './support/rotating-vendor.ts'

const HOUR_MS = 3_600_000

/** A vendor that asks a person to sign in, unless `canAcquire`; each credential of `process()` has a memory of its own. */
function setUp(options: RotatingVendorOptions = { canAcquire: false }, store?: (inner: TokenStore) => TokenStore) {
  const clock = virtualClock()
  const vendor = rotatingVendor(options)
  const inner = memoryStore({ clock })
  const place = ({ accessToken, extra }: { accessToken: string; extra?: unknown }) => ({
    headers: {
      authorization: `Bearer ${accessToken}`,
      ...(extra !== undefined && { 'x-extra': JSON.stringify(extra) }),
    },
  })
  const process = (more: CredentialOptions = {}): TokenCredential =>
    createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: ['import'],
        grant: vendor.grant,
        place,
        carries: { headers: ['authorization', 'x-extra'], query: [] },
      },
      { clock, store: store ? store(inner) : { ...inner }, ...more },
    )
  const credential = process()
  const events: string[] = []
  credential.on('*', (...[name]) => void events.push(name))
  return { clock, vendor, inner, process, credential, events }
}

const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
const accessTokenOf = async (credential: TokenCredential) => (await credential.getToken()).accessToken

describe('tokens from elsewhere', () => {
  test('a refresh token alone: the first request refreshes, and so does the next hour', async () => {
    const { clock, vendor, credential, events } = setUp()
    vendor.adopt('from-my-database')
    expect(await credential.importTokens({ refreshToken: 'from-my-database' })).toEqual({ imported: true })
    expect(vendor.calls).toEqual([])
    expect(await credential.status()).toMatchObject({ state: 'renewable', refreshedAt: clock.now() })
    const { headers } = await credential.authorization()
    expect(headers).toEqual({ authorization: 'Bearer access-1' })
    await clock.advance(HOUR_MS)
    expect(await accessTokenOf(credential)).toBe('access-2')
    expect(vendor.calls).toEqual(['refresh from-my-database', 'refresh refresh-1'])
    expect(events).toEqual(['signed_in', 'refreshed', 'refreshed'])
  })

  test.each<[string, (now: number) => number | Date]>([
    ['Unix ms', (now) => now + HOUR_MS],
    ['a Date', (now) => new Date(now + HOUR_MS)],
  ])('an access token is used until it ends, given as %s', async (_, end) => {
    const { clock, vendor, credential } = setUp()
    vendor.adopt('r')
    const scopes = ['read', 'write']
    const extra = { site: 'harbour' }
    const expiresAt = end(clock.now())
    await credential.importTokens({ accessToken: 'mine', refreshToken: 'r', expiresAt, scopes, extra })
    scopes.push('later')
    expect(await credential.getToken()).toMatchObject({
      accessToken: 'mine',
      tokenType: 'Bearer',
      expiresAt: clock.now() + HOUR_MS,
      scopes: ['read', 'write'],
    })
    expect((await credential.authorization()).headers['x-extra']).toBe('{"site":"harbour"}')
    await clock.advance(HOUR_MS)
    expect(await accessTokenOf(credential)).toBe('access-1')
  })

  test('an access token alone is used until it ends; then somebody has to sign in', async () => {
    const { clock, credential } = setUp()
    await credential.importTokens({ accessToken: 'mine', expiresAt: clock.now() + HOUR_MS })
    expect(await credential.status()).toMatchObject({ state: 'ready', renewable: false })
    expect(await accessTokenOf(credential)).toBe('mine')
    await clock.advance(HOUR_MS)
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'reauthorization_required' })
  })

  test('the end of a JWT is read from it, also one that has passed', async () => {
    const { clock, vendor, credential } = setUp()
    vendor.adopt('r')
    const now = Math.floor(clock.now() / 1000)
    const fresh = jwt({ iat: now - 60, exp: now + 3600 })
    await credential.importTokens({ accessToken: fresh, refreshToken: 'r' })
    expect(await credential.getToken()).toMatchObject({ accessToken: fresh, expiresAt: (now + 3600) * 1000 })
    vendor.adopt('s')
    await credential.importTokens({ accessToken: jwt({ iat: now - 3660, exp: now - 60 }), refreshToken: 's' })
    expect(await accessTokenOf(credential)).toBe('access-1')
    expect(vendor.calls).toEqual(['refresh s'])
  })

  test('an access token that has ended is not used for a moment', async () => {
    const { clock, vendor, credential } = setUp()
    vendor.adopt('r')
    await credential.importTokens({ accessToken: 'over', refreshToken: 'r', expiresAt: clock.now() })
    expect(await accessTokenOf(credential)).toBe('access-1')
  })

  test('the end of the refresh token is told in time', async () => {
    const { clock, credential } = setUp()
    const refreshExpiresAt = new Date(clock.now() + HOUR_MS)
    await credential.importTokens({ refreshToken: 'r', refreshExpiresAt })
    expect(await credential.status()).toMatchObject({ refreshExpiresAt: refreshExpiresAt.getTime() })
    await clock.advance(HOUR_MS)
    expect(await credential.status()).toMatchObject({
      state: 'reauthorization_required',
      reason: 'refresh_token_expired',
    })
  })

  test('a refresh token that the vendor does not know asks for a person', async () => {
    const { credential } = setUp()
    await credential.importTokens({ refreshToken: 'unknown' })
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'reauthorization_required' })
  })

  test('where tokens are acquired without a person, the imported ones are used first', async () => {
    const { vendor, credential } = setUp({ canAcquire: true })
    await credential.importTokens({ refreshToken: 'unknown' })
    expect(await accessTokenOf(credential)).toBe('access-1')
    expect(vendor.calls).toEqual(['refresh unknown', 'acquire'])
  })

  test('each account has its own', async () => {
    const { vendor, process } = setUp()
    const [ann, bob] = [process({ account: 'ann' }), process({ account: 'bob' })]
    vendor.adopt('of-ann')
    await ann.importTokens({ refreshToken: 'of-ann' })
    expect(await accessTokenOf(ann)).toBe('access-1')
    await expect(bob.getToken()).rejects.toMatchObject({ code: 'not_signed_in' })
  })

  test('other processes of the store use them, with one refresh', async () => {
    const { vendor, process, credential } = setUp()
    const others = [process(), process(), process()]
    await Promise.allSettled(others.map((other) => other.getToken()))
    vendor.adopt('r')
    await credential.importTokens({ refreshToken: 'r' })
    expect(await Promise.all([credential, process(), process()].map(accessTokenOf))).toEqual(
      Array.from({ length: 3 }, () => 'access-1'),
    )
    expect(vendor.calls).toEqual(['refresh r'])
  })

  test('signing out before the first refresh gives the vendor the refresh token only', async () => {
    const revoked: object[] = []
    const { vendor, credential } = setUp()
    vendor.grant.revoke = async ({ accessToken, refreshToken }) => void revoked.push({ accessToken, refreshToken })
    await credential.importTokens({ refreshToken: 'r' })
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(revoked).toEqual([{ accessToken: '', refreshToken: 'r' }])
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'not_signed_in' })
  })
})

describe('what is stored before', () => {
  test.each([
    [
      'a dead grant',
      async ({ credential }: ReturnType<typeof setUp>) => {
        await credential.importTokens({ refreshToken: 'unknown' })
        await credential.getToken().catch(() => {})
      },
    ],
    ['a sign-out', async ({ credential }) => void (await credential.signOut())],
    ['other tokens', async ({ credential }) => void (await credential.importTokens({ accessToken: 'before' }))],
    [
      'a record that was cut off',
      async ({ inner, credential }) => {
        await credential.importTokens({ accessToken: 'before' })
        for await (const key of inner.list?.() ?? []) {
          const { value = '', version } = await inner.get(key)
          await inner.compareAndSet(key, version, value.slice(0, 40))
        }
      },
    ],
  ] satisfies [string, (world: ReturnType<typeof setUp>) => Promise<void>][])('%s is replaced', async (_, before) => {
    const world = setUp()
    await before(world)
    const credential = world.process()
    world.vendor.adopt('r')
    expect(await credential.importTokens({ refreshToken: 'r' })).toEqual({ imported: true })
    expect(await accessTokenOf(credential)).toBe('access-1')
  })

  test('a refresh that began before does not overwrite them', async () => {
    const { vendor, process, credential } = setUp()
    vendor.adopt('old')
    await process().importTokens({ refreshToken: 'old' })
    const release = vendor.hold()
    const refreshing = process().getToken()
    await expect.poll(() => vendor.calls).toEqual(['refresh old'])
    await credential.importTokens({ accessToken: 'mine' })
    release()
    expect((await refreshing).accessToken).toBe('mine')
    expect(await accessTokenOf(process())).toBe('mine')
  })
})

describe('a refresh token is sent once', () => {
  test('imported at each start of the program, it does not replace what was obtained with it', async () => {
    const { clock, vendor, process } = setUp()
    vendor.adopt('from-the-environment')
    for (let start = 1; start <= 4; start += 1) {
      const credential = process()
      expect(await credential.importTokens({ refreshToken: 'from-the-environment' })).toEqual({ imported: start === 1 })
      expect(await accessTokenOf(credential)).toBe(`access-${start}`)
      await clock.advance(HOUR_MS)
    }
    expect(vendor.reuses()).toBe(0)
  })

  test('imported while it is being sent, it is not sent again', async () => {
    const { vendor, process, credential } = setUp()
    vendor.adopt('r')
    await credential.importTokens({ refreshToken: 'r' })
    const release = vendor.hold()
    const refreshing = credential.getToken()
    await expect.poll(() => vendor.calls).toEqual(['refresh r'])
    const other = process()
    expect(await other.importTokens({ refreshToken: 'r', accessToken: 'older' })).toEqual({ imported: false })
    const waiting = other.getToken()
    release()
    expect((await refreshing).accessToken).toBe('access-1')
    expect((await waiting).accessToken).toBe('access-1')
    expect({ calls: vendor.calls, reuses: vendor.reuses() }).toEqual({ calls: ['refresh r'], reuses: 0 })
  })

  test('a newer access token of the stored refresh token is taken', async () => {
    const { credential } = setUp()
    await credential.importTokens({ refreshToken: 'r', accessToken: 'first' })
    expect(await credential.importTokens({ refreshToken: 'r' })).toEqual({ imported: false })
    expect(await accessTokenOf(credential)).toBe('first')
    expect(await credential.importTokens({ refreshToken: 'r', accessToken: 'second' })).toEqual({ imported: true })
    expect(await accessTokenOf(credential)).toBe('second')
  })

  test('after its grant has ended, or a sign-out, it is taken again', async () => {
    const { vendor, credential } = setUp()
    vendor.adopt('r')
    await credential.importTokens({ refreshToken: 'r' })
    await credential.getToken()
    await credential.signOut()
    expect(await credential.importTokens({ refreshToken: 'r' })).toEqual({ imported: true })
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'reauthorization_required' })
    expect(await credential.importTokens({ refreshToken: 'r' })).toEqual({ imported: true })
  })

  test('a vendor that is down costs none', async () => {
    const { clock, vendor, process, credential } = setUp()
    vendor.adopt('r')
    vendor.next(
      unavailable({ sent: false }),
      unavailable({ sent: false }),
      unavailable({ sent: false }),
      unavailable({ sent: false }),
    )
    await credential.importTokens({ refreshToken: 'r' })
    const failing = clock.runUntil(credential.getToken(), 5_000)
    await expect(failing).rejects.toMatchObject({ code: 'token_unavailable' })
    await process().importTokens({ refreshToken: 'r' })
    await clock.advance(HOUR_MS)
    expect(await accessTokenOf(credential)).toBe('access-1')
  })
})

describe('what cannot be imported', () => {
  const NOW_S = Math.floor(Date.UTC(2026, 10, 22) / 1000)

  test.each<[string, unknown, string, string]>([
    ['nothing', {}, 'refreshToken', 'is required, or "accessToken"'],
    ['no object', undefined, 'refreshToken', 'pass an object'],
    ['a text', 'canary', 'refreshToken', 'pass an object'],
    ['null', { refreshToken: null, accessToken: 'canary' }, 'refreshToken', 'must be a string, not null: leave it out'],
    ['an empty token', { refreshToken: '' }, 'refreshToken', 'is required'],
    ['a number', { accessToken: 5 }, 'accessToken', 'must be a string, not a number'],
    ['a line break', { refreshToken: 'canary\n' }, 'refreshToken', 'ends in a line break: trim it'],
    ['a line break', { accessToken: 'canary\r\n' }, 'accessToken', 'ends in a line break: trim it'],
    ['a control character', { accessToken: 'can\u0000ary' }, 'accessToken', 'must be a token as the vendor gave it'],
    [
      'too long a token',
      { refreshToken: 'canary'.repeat(9_999) },
      'refreshToken',
      'must be a token as the vendor gave it',
    ],
    [
      'seconds',
      { accessToken: 'canary', expiresAt: NOW_S },
      'expiresAt',
      'a time before 2001: multiply seconds by 1000',
    ],
    ['seconds', { refreshToken: 'canary', refreshExpiresAt: NOW_S }, 'refreshExpiresAt', 'multiply seconds by 1000'],
    ['microseconds', { accessToken: 'canary', expiresAt: NOW_S * 1e6 }, 'expiresAt', 'a time after the year 9999'],
    [
      'a time as text',
      { accessToken: 'canary', expiresAt: '2030-01-01' },
      'expiresAt',
      'must be Unix ms or a valid Date',
    ],
    [
      'an invalid Date',
      { accessToken: 'canary', expiresAt: new Date('?') },
      'expiresAt',
      'must be Unix ms or a valid Date',
    ],
    [
      'a time without its token',
      { refreshToken: 'canary', expiresAt: NOW_S * 1000 },
      'expiresAt',
      'is the end of "accessToken", which is missing',
    ],
    [
      'an access token that is over',
      { accessToken: 'canary', expiresAt: 1e12 },
      'accessToken',
      'has expired, and there is no "refreshToken"',
    ],
    [
      'a refresh token that is over',
      { refreshToken: 'canary', refreshExpiresAt: 1e12 },
      'refreshExpiresAt',
      'has passed',
    ],
    ['scopes as a text', { refreshToken: 'canary', scopes: 'read' }, 'scopes', 'must be an array'],
    ['an empty scope', { refreshToken: 'canary', scopes: [''] }, 'scopes', 'must be an array'],
    ['a token type with a space', { accessToken: 'canary', tokenType: 'Bearer x' }, 'tokenType', 'must be a word'],
    ['an extra that is no JSON', { accessToken: 'canary', extra: { big: 1n } }, 'extra', 'must be a JSON object'],
    ['RFC 6749 names', { refresh_token: 'canary' }, 'refresh_token', 'did you mean "refreshToken"?'],
    ['RFC 6749 names', { accessToken: 'canary', expires_in: 5 }, 'expires_in', 'did you mean "expiresAt"?'],
    ['an unknown member', { accessToken: 'canary', user: 'x' }, 'user', 'is not known: there is refreshToken, '],
  ])('%s (%#)', async (_, given, option, problem) => {
    const { credential, inner, events } = setUp()
    const error: unknown = await credential.importTokens(given as ImportedTokens).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'invalid_option', option, vendor: 'acme' })
    expect(String(error)).toContain(`[acme] "${option}"`)
    expect(String(error)).toContain(problem)
    expect(String(error)).not.toContain('canary')
    expect(events).toEqual([])
    for await (const key of inner.list?.() ?? []) expect.fail(`${key} was written`)
  })

  test('a refresh token where the grant does not refresh; an access token can', async () => {
    const { vendor, credential } = setUp({ canRefresh: false })
    await expect(credential.importTokens({ refreshToken: 'r' })).rejects.toMatchObject({
      code: 'invalid_option',
      option: 'refreshToken',
      message: '[acme] "refreshToken" cannot be used: this grant does not refresh; leave it out',
    })
    await credential.importTokens({ accessToken: 'mine' })
    expect(await accessTokenOf(credential)).toBe('mine')
    expect(vendor.calls).toEqual([])
  })

  test('anything while the store is down: the error says so, and nothing is half imported', async () => {
    const state = { isDown: true }
    const down = () => Promise.reject(new Error('down'))
    const { clock, credential } = setUp({ canAcquire: false }, (inner) => ({
      ...inner,
      get: (key) => (state.isDown ? down() : inner.get(key)),
    }))
    const importing = credential.importTokens({ refreshToken: 'r' })
    await expect(clock.runUntil(importing, 5_000)).rejects.toMatchObject({ code: 'store_unavailable' })
    state.isDown = false
    expect(await credential.status()).toEqual({ state: 'signed_out' })
  })
})
