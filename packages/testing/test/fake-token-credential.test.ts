import { type AnyCredentialEvent, type CredentialErrorCode, isCredentialError } from '@valetkey/core'
import { describe, expect, test } from 'vitest'

import {
  type FakeTokenCredential,
  fakeSignInCredential,
  fakeTokenCredential,
  findLeaks,
  virtualClock,
} from '../src/index.ts'

const CODES = Object.keys({
  not_signed_in: true,
  reauthorization_required: true,
  client_rejected: true,
  token_unavailable: true,
  store_unavailable: true,
  timeout: true,
  record_unreadable: true,
  sign_in_failed: true,
  redirect_refused: true,
  uncovered_origin: true,
  not_a_jwt: true,
  insecure_url: true,
  invalid_option: true,
} satisfies Record<CredentialErrorCode, true>) as CredentialErrorCode[]

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work()
    return 'none'
  } catch (error) {
    return isCredentialError(error) ? error.code : String(error)
  }
}

function eventsOf(credential: FakeTokenCredential): string[] {
  const names: string[] = []
  credential.on('*', (...[name]: AnyCredentialEvent) => names.push(name))
  return names
}

const FAKES = [
  ['fakeTokenCredential', fakeTokenCredential],
  ['fakeSignInCredential', fakeSignInCredential],
] as const

describe.each(FAKES)('%s', (_, fake) => {
  test('has a token at once, the same for everybody, and another one after it has expired', async () => {
    const credential = fake()
    const { accessToken, tokenType, expiresAt = 0 } = await credential.getToken()
    expect([accessToken, tokenType]).toEqual(['fake-token-1', 'Bearer'])
    expect(Math.abs(expiresAt - Date.now() - 3_600_000)).toBeLessThan(60_000)
    const { headers } = await credential.authorization()
    expect(headers).toEqual({ authorization: 'Bearer fake-token-1' })
    await credential.expire()
    expect(await credential.status()).toMatchObject({ state: 'renewable' })
    const events = eventsOf(credential)
    const tokens = await Promise.all(Array.from({ length: 50 }, () => credential.getToken()))
    expect(new Set(tokens.map((token) => token.accessToken))).toEqual(new Set(['fake-token-2']))
    expect(events).toEqual(['refreshed'])
    expect(await credential.status()).toMatchObject({ state: 'ready', renewable: true })
  })

  test('a refused token is replaced once, without a wait, and what the client did is counted', async () => {
    const credential = fake({ tokens: ['stale', 'fresh'] })
    const stale = await credential.authorization()
    expect(credential.untilKnown?.(stale)).toBeUndefined()
    const renewed = await Promise.all([credential.renew(stale), credential.renew(stale)])
    expect(renewed.map((each) => each?.headers.authorization)).toEqual(['Bearer fresh', 'Bearer fresh'])
    credential.observe?.('refused', { generation: stale.generation, status: 401 })
    expect([credential.authorizations, credential.renewals, credential.observed]).toEqual([
      1,
      1,
      [{ event: 'refused', generation: stale.generation, status: 401 }],
    ])
    await credential.expire()
    expect((await credential.getToken()).accessToken).toBe('fake-token-3')
  })

  test.each(CODES)('failWith("%s"): every call that needs a token rejects with it, until a recovery', async (code) => {
    const credential = fake({ claims: { sub: 'robin' } })
    const before = await credential.authorization()
    await credential.failWith(code)
    const calls = [
      () => credential.getToken(),
      () => credential.authorization(),
      () => credential.renew(before),
      () => credential.claims(),
    ]
    for (const call of calls) expect(await codeOf(call)).toBe(code)
    await credential.recover()
    for (const call of calls) expect(await codeOf(call)).toBe('none')
    expect(await credential.claims()).toMatchObject({ sub: 'robin' })
  })

  test.each(CODES)('after failWith("%s") a sign-in gives tokens again', async (code) => {
    const credential = fake()
    await credential.failWith(code)
    const events = eventsOf(credential)
    await credential.signIn()
    expect(await codeOf(() => credential.getToken())).toBe('none')
    await credential.expire()
    expect(await codeOf(() => credential.getToken())).toBe('none')
    expect(events).toEqual(['signed_in', 'refreshed'])
  })

  test.each<[CredentialErrorCode, object, readonly string[]]>([
    ['not_signed_in', { state: 'signed_out' }, []],
    [
      'reauthorization_required',
      { state: 'reauthorization_required', reason: 'invalid_grant', lastError: { code: 'reauthorization_required' } },
      ['refresh_failed', 'reauthorization_required'],
    ],
    [
      'client_rejected',
      { state: 'renewable', lastError: { code: 'client_rejected', reason: 'invalid_client' } },
      ['refresh_failed'],
    ],
    [
      'token_unavailable',
      { state: 'renewable', lastError: { code: 'token_unavailable', retryAt: expect.any(Number) } },
      ['refresh_failed'],
    ],
    ['timeout', { state: 'ready', renewable: true }, []],
  ])('failWith("%s"): status() and the events tell it', async (code, status, events) => {
    const credential = fake()
    await credential.getToken()
    const seen = eventsOf(credential)
    await credential.failWith(code)
    expect(await credential.status()).toMatchObject(status)
    expect(seen).toEqual(events)
    await codeOf(() => credential.getToken())
    expect(seen).toEqual(events)
  })

  test.each(['store_unavailable', 'record_unreadable'] as const)(
    'failWith("%s"): status() rejects with it too',
    async (code) => {
      const credential = fake()
      await credential.failWith(code)
      expect(await codeOf(() => credential.status())).toBe(code)
    },
  )

  test('one failure takes the place of another, and a recovery leaves nobody signed in who was not', async () => {
    const credential = fake({ signedIn: false })
    expect([(await credential.status()).state, await codeOf(() => credential.getToken())]).toEqual([
      'signed_out',
      'not_signed_in',
    ])
    for (const code of ['token_unavailable', 'client_rejected', 'store_unavailable', 'timeout'] as const) {
      await credential.failWith(code)
      expect(await codeOf(() => credential.getToken())).toBe(code)
    }
    await credential.recover()
    expect(await codeOf(() => credential.getToken())).toBe('not_signed_in')
    await credential.expire()
    expect(await codeOf(() => credential.getToken())).toBe('not_signed_in')
  })

  test('signOut, signIn and importTokens do what they do, and tell it', async () => {
    const credential = fake({ scopes: ['boats:read'], details: { tenant: 'north' } })
    expect(await credential.details()).toEqual({ tenant: 'north' })
    const events = eventsOf(credential)
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(await credential.status()).toMatchObject({ state: 'signed_out' })
    expect(await codeOf(() => credential.getToken())).toBe('not_signed_in')
    await credential.signIn()
    expect(await credential.status()).toMatchObject({ state: 'ready', scopes: ['boats:read'] })
    expect(await credential.importTokens({ refreshToken: 'from elsewhere', extra: { tenant: 'south' } })).toEqual({
      imported: true,
    })
    expect((await credential.getToken()).accessToken).toBe('fake-token-3')
    await credential.expire()
    expect(await credential.details()).toEqual({ tenant: 'south' })
    expect(events).toEqual(['signed_out', 'signed_in', 'signed_in', 'refreshed'])
  })

  test('it covers every origin, or those that are named, on this machine also without TLS', () => {
    const any = fake()
    expect([any.covers('https://api.example.com'), any.covers('http://127.0.0.1:1'), any.origins]).toEqual([
      true,
      true,
      undefined,
    ])
    const named = fake({ origins: ['https://api.example.com', 'http://localhost:8080'] })
    expect(['https://api.example.com', 'http://localhost:8080', 'https://example.com'].map(named.covers)).toEqual([
      true,
      true,
      false,
    ])
  })

  test('time is the clock’s: a token expires by itself too', async () => {
    const clock = virtualClock()
    const credential = fake({ clock, expiresIn: 60, vendor: 'acme', account: 'robin' })
    expect([credential.vendor, credential.account]).toEqual(['acme', 'robin'])
    expect((await credential.getToken()).expiresAt).toBe(clock.now() + 60_000)
    await clock.advance(60_000)
    expect((await credential.getToken()).accessToken).toBe('fake-token-2')
  })

  test('no token shows in the credential or its errors', async () => {
    const credential = fake({ tokens: ['canary-token'] })
    const token = await credential.getToken()
    await credential.failWith('token_unavailable')
    const error = await credential.getToken().catch((reason: unknown) => reason)
    expect(findLeaks([credential, token, error], ['canary-token', 'fake-refresh-token'])).toEqual([])
  })

  test('what is no code, and what is no option together, is refused', async () => {
    await expect(fake().failWith('reauthorization-required' as never)).rejects.toMatchObject({
      code: 'invalid_option',
      option: 'code',
    })
    expect(() => fake({ tokens: ['a'], claims: {} })).toThrow('"claims" must not be given together with "tokens"')
    expect(() => fake({ account: '' })).toThrow('"account"')
  })

  test.each([
    ['tokens', 'abc'],
    ['tokens', ['a', '']],
    ['tokens', [5]],
    ['scopes', 'read write'],
    ['claims', 'sub'],
    ['claims', { id: 1n }],
    ['details', [1]],
    ['expiresIn', '60'],
    ['expiresIn', -1],
    ['expiresIn', Number.NaN],
    ['signedIn', 'no'],
    ['origins', 'https://api.example.com'],
    ['clock', { now: () => 0 }],
  ])('"%s" cannot be %o', (option, value) => {
    expect(() => Reflect.apply(fake, undefined, [{ [option]: value }])).toThrow(
      expect.objectContaining({ code: 'invalid_option', option }),
    )
  })
})

describe('fakeTokenCredential({ acquires: true })', () => {
  test('gets its tokens without a person, the first, the next, and after a sign-out', async () => {
    const credential = fakeTokenCredential({ acquires: true })
    const events = eventsOf(credential)
    expect(await credential.status()).toMatchObject({ state: 'renewable' })
    expect((await credential.getToken()).accessToken).toBe('fake-token-1')
    await credential.expire()
    expect((await credential.getToken()).accessToken).toBe('fake-token-2')
    await credential.signOut()
    expect((await credential.getToken()).accessToken).toBe('fake-token-3')
    expect(events).toEqual(['acquired', 'acquired', 'signed_out', 'acquired'])
  })

  test.each(['client_rejected', 'token_unavailable', 'store_unavailable', 'timeout'] as const)(
    'failWith("%s") is what a program without people can meet',
    async (code) => {
      const credential = fakeTokenCredential({ acquires: true })
      await credential.failWith(code)
      expect(await codeOf(() => credential.getToken())).toBe(code)
      await credential.recover()
      expect(await codeOf(() => credential.getToken())).toBe('none')
    },
  )

  test.each(['not_signed_in', 'reauthorization_required'] as const)('failWith("%s") is not', async (code) => {
    await expect(fakeTokenCredential({ acquires: true }).failWith(code)).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('without a person'),
    })
  })
})
