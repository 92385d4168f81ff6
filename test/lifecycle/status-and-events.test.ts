import {
  type AnyCredentialEvent,
  createApiKeyCredential,
  createTokenCredential,
  logEvents,
  memoryStore,
  type TokenCredential,
  type TokenStore,
} from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { expect, test } from 'vitest'
import { rotatingVendor, unavailable } from './support/rotating-vendor.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A credential of a person, who has signed in for `refreshDays`. */
async function signedIn({ refreshDays, canAcquire = false }: { refreshDays?: number; canAcquire?: boolean } = {}) {
  const clock = virtualClock()
  const vendor = rotatingVendor({ canAcquire })
  const store = memoryStore({ clock })
  let isDown = false
  const orDown = <T>(call: () => Promise<T>): Promise<T> => (isDown ? Promise.reject(new Error('refused')) : call())
  const flaky: TokenStore = {
    specVersion: 'v1',
    get: (key) => orDown(() => store.get(key)),
    compareAndSet: (...write) => orDown(() => store.compareAndSet(...write)),
  }
  const make = (): TokenCredential =>
    createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['status'], grant: vendor.grant },
      { clock, store: { ...flaky }, keyedBy: 'identity' },
    )
  const credential = make()
  const events: AnyCredentialEvent[] = []
  credential.on('*', (...event) => events.push(event))
  const refreshExpiresIn = refreshDays && (refreshDays * DAY_MS) / 1_000
  // As rotatingVendor makes them, so that the refresh token is one that it knows.
  const given = rotatingVendor({ canAcquire: true })
  const first = await given.grant.acquire?.({
    account: '',
    signal: new AbortController().signal,
    fetch,
    now: clock.now,
  })
  if (!first) throw new Error('no tokens')
  await storeSignIn(credential, { ...first, refreshExpiresIn })
  const names = () => events.map(([name]) => name)
  const fail = (): void => {
    isDown = true
  }
  return { clock, vendor, credential, make, events, names, fail }
}

test('status() says when the tokens came, when the refresh token ends, and which generation they are', async () => {
  const { clock, credential } = await signedIn({ refreshDays: 30 })
  const now = clock.now()
  await clock.advance(1_000)
  expect(await credential.status()).toEqual({
    state: 'ready',
    renewable: true,
    expiresAt: now + HOUR_MS,
    generation: (await credential.authorization()).generation,
    refreshedAt: now,
    refreshExpiresAt: now + 30 * DAY_MS,
  })
})

test('a grant that died leaves the access token ready, and says that a person must sign in again', async () => {
  const { clock, credential, make } = await signedIn({ refreshDays: 30 })
  // The vendor does not know the refresh token of this sign-in.
  await clock.advance(HOUR_MS - 30_000)
  await credential.getToken()
  await credential.close()
  const since = clock.now()
  const dead = { reason: 'invalid_grant', since }
  const lastError = { code: 'reauthorization_required', reason: 'invalid_grant', at: since }
  expect(await make().status()).toMatchObject({ state: 'ready', renewable: false, reauthorization: dead, lastError })
  await clock.advance(30_000)
  expect(await make().status()).toMatchObject({ state: 'reauthorization_required', ...dead, lastError })
})

test('a refresh token that has ended while the access token has not is told of as a dead grant', async () => {
  const { clock, credential } = await signedIn({ refreshDays: 1 / 48 })
  const since = clock.now() + HOUR_MS / 2
  await clock.advance(HOUR_MS / 2 + 1_000)
  expect(await credential.status()).toMatchObject({
    state: 'ready',
    renewable: false,
    reauthorization: { reason: 'refresh_token_expired', since },
  })
})

test('the last error is in the status of every process, until tokens follow it', async () => {
  const { clock, vendor, credential, make } = await signedIn({ canAcquire: true })
  await clock.advance(HOUR_MS)
  vendor.next(...Array.from({ length: 4 }, () => unavailable({ status: 503 })))
  const failed = credential.getToken().catch((error: { code: string; retryAt: number }) => error)
  await clock.advance(2_000)
  const { code, retryAt } = (await failed) as { code: string; retryAt: number }
  expect(code).toBe('token_unavailable')
  const { lastError } = await make().status()
  expect(lastError).toEqual({ code, reason: 'status 503', at: expect.any(Number), retryAt: expect.any(Number) })
  expect(Math.abs((lastError?.retryAt ?? 0) - retryAt)).toBeLessThanOrEqual(1)
  await clock.advance(HOUR_MS)
  await credential.getToken()
  expect(await credential.status()).toMatchObject({ state: 'ready', refreshedAt: clock.now() })
  expect((await credential.status()).lastError).toBeUndefined()
})

test('with the store down the status of a credential in use is that of its memory, with the error', async () => {
  const { clock, credential, fail } = await signedIn({ refreshDays: 30 })
  const { expiresAt, generation, refreshedAt, refreshExpiresAt } = (await credential.status()) as {
    expiresAt: number
  } & {
    [name in 'generation' | 'refreshedAt' | 'refreshExpiresAt']: number
  }
  fail()
  const lastError = { code: 'store_unavailable', reason: 'no answer', at: clock.now() }
  const details = { expiresAt, generation, refreshedAt, refreshExpiresAt, lastError }
  expect(await credential.status()).toEqual({ state: 'ready', renewable: false, ...details })
})

test('a listener of all events gets the name and the detail', async () => {
  const { credential, events, clock } = await signedIn()
  await credential.signOut()
  const context = { vendor: 'acme', account: 'default', at: clock.now() }
  expect(events).toEqual([
    ['signed_in', { ...context, generation: expect.any(Number), renewable: true }],
    ['signed_out', { ...context, generation: expect.any(Number) }],
  ])
})

test('a sign-in whose tokens never come, or cannot be used, is told', async () => {
  const { credential, events, names } = await signedIn()
  await expect(storeSignIn(credential, Promise.reject(new Error('left')))).rejects.toThrow('left')
  await expect(storeSignIn(credential, { accessToken: 'two\nlines' })).rejects.toThrow('cannot be used')
  expect(names().slice(1)).toEqual(['sign_in_failed', 'sign_in_failed'])
  expect(events.slice(1)).toMatchObject([
    [{}, { reason: 'aborted' }],
    [{}, { reason: 'unusable_tokens' }],
  ])
})

test.each([
  { refreshDays: 30, aheadDays: 6 },
  { refreshDays: 365, aheadDays: 7 },
])('a refresh token of $refreshDays days: a person is asked for $aheadDays days ahead, once', async (world) => {
  const { clock, vendor, credential, events, names } = await signedIn({ refreshDays: world.refreshDays })
  const refreshExpiresAt = clock.now() + world.refreshDays * DAY_MS
  // What the vendor gives at a refresh ends with the session, as at vendors that bound a sign-in.
  const refreshTo = async (at: number): Promise<void> => {
    await clock.advance(at - clock.now())
    vendor.next({ refreshExpiresIn: (refreshExpiresAt - clock.now()) / 1_000 })
    await credential.getToken()
  }
  vendor.adopt('refresh-1')
  await refreshTo(refreshExpiresAt - world.aheadDays * DAY_MS - 2 * HOUR_MS)
  expect(names()).toEqual(['signed_in', 'refreshed'])
  await refreshTo(refreshExpiresAt - world.aheadDays * DAY_MS)
  await credential.getToken()
  await clock.advance(HOUR_MS / 2)
  await credential.getToken()
  expect(names().slice(2)).toEqual(['refreshed', 'reauthorization_due'])
  expect(events.at(-1)?.[1]).toMatchObject({ refreshExpiresAt })
})

test('a refresh token that ends is no reason to ask for a person where the grant acquires by itself', async () => {
  const { clock, credential, names } = await signedIn({ refreshDays: 1 / 48, canAcquire: true })
  await clock.advance(HOUR_MS / 2 - 60_000)
  await credential.getToken()
  expect(names()).toEqual(['signed_in'])
})

test.each([
  [
    'an event that is none',
    (on: TokenCredential['on']) => on('renewed' as never, () => {}),
    'event',
    /signed_in, sign_in_failed/,
  ],
  [
    'a member of every object',
    (on: TokenCredential['on']) => on('toString' as never, () => {}),
    'event',
    /must be one of \*, acquired/,
  ],
  [
    'a listener that is no function',
    (on: TokenCredential['on']) => on('*', undefined as never),
    'listener',
    /function/,
  ],
  ['a logger without methods', (on: TokenCredential['on']) => logEvents({ on }, {} as never), 'logger', /"warn"/],
  ['no credential', () => logEvents({} as never, console), 'credential', /credential/],
])('%s is an invalid option that says what there is', async (_name, act, option, message) => {
  const { credential } = await signedIn()
  const apiKey = createApiKeyCredential({ vendor: 'acme', origins: ['https://api.acme.example'], apiKey: 'key-1' })
  for (const on of [credential.on, apiKey.on])
    expect(() => act(on)).toThrow(
      expect.objectContaining({ code: 'invalid_option', option, message: expect.stringMatching(message) }),
    )
})

test('logEvents writes one line for each event, with its level, until it is ended', async () => {
  const { clock, credential } = await signedIn({ refreshDays: 1 })
  const lines: string[] = []
  const write = (level: string) => (line: string) => lines.push(`${level} ${line.replace(/\d{3,}/g, 'N')}`)
  const end = logEvents(credential, { info: write('info'), warn: write('warn'), error: write('error') })
  credential.observe?.('refused', { generation: 1, status: 401, reason: 'two\nlines "quoted"' })
  credential.observe?.('replayed', { generation: 1, status: 200, accepted: true })
  credential.observe?.('replayed', { generation: 1, status: 401, accepted: false })
  credential.observe?.('scope_required', { generation: 1, status: 403, scopes: ['read', 'write'] })
  await clock.advance(HOUR_MS)
  await credential.getToken().catch(() => {})
  end()
  await credential.signOut()
  expect(lines).toEqual([
    'warn valetkey acme refused account=default generation=1 status=N reason="two\\nlines \\"quoted\\""',
    'info valetkey acme replayed account=default generation=1 status=N accepted=true',
    'warn valetkey acme replayed account=default generation=1 status=N accepted=false',
    'warn valetkey acme scope_required account=default generation=1 status=N scopes="read write"',
    'warn valetkey acme refresh_failed account=default generation=N reason=invalid_grant status=N mode=refresh durationMs=0',
    'error valetkey acme reauthorization_required account=default generation=N reason=invalid_grant',
  ])
})
