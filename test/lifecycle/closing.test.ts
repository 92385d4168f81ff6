import {
  createTokenCredential,
  memoryStore,
  type TokenCredential,
  type TokenGrant,
  type TokenStore,
} from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { expect, test, vi } from 'vitest'
import { rotatingVendor } from './support/rotating-vendor.ts'

const HOUR_MS = 3_600_000

type Clock = ReturnType<typeof virtualClock>

/**
 * A credential whose refresh is under way at the vendor; `answer` lets it answer, `fail` ends the store, or makes it silent. `another`
 * is one of the same account, which has a token and did not begin the refresh.
 */
async function refreshing(secrets?: TokenGrant['secrets']) {
  const clock = virtualClock()
  const vendor = rotatingVendor()
  const inner = memoryStore({ clock })
  let trouble: (() => Promise<never>) | undefined
  const store: TokenStore = {
    specVersion: 'v1',
    get: (key) => trouble?.() ?? inner.get(key),
    compareAndSet: (...write) => trouble?.() ?? inner.compareAndSet(...write),
  }
  const make = () =>
    createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: ['closing'],
        grant: { ...vendor.grant, ...(secrets && { secrets }) },
      },
      { clock, store, ...(!secrets && { keyedBy: 'identity' }) },
    )
  const [credential, another] = [make(), make()]
  await credential.getToken()
  await another.getToken()
  await clock.advance(HOUR_MS)
  const answer = vendor.hold()
  const token = credential.getToken().then(
    ({ accessToken }) => accessToken,
    ({ code }) => code,
  )
  const isAsked = async () => {
    await clock.advance(0)
    return vendor.calls.length === 2
  }
  await vi.waitUntil(isAsked, { interval: 1 })
  const fail = (how: () => Promise<never>): void => {
    trouble = how
  }
  return { clock, vendor, credential, another, inner, answer, token, fail }
}

/** How long closing takes, ms of the clock. */
async function closingTime(clock: Clock, close: () => PromiseLike<void>): Promise<number> {
  const startedAt = clock.monotonic()
  let endedAt: number | undefined
  void Promise.resolve(close()).then(() => {
    endedAt = clock.monotonic()
  })
  for (let tenths = 0; endedAt === undefined && tenths < 600; tenths += 1) await clock.advance(100)
  return (endedAt ?? Number.POSITIVE_INFINITY) - startedAt
}

const down = () => Promise.reject(new Error('connection refused'))
const silent = () => new Promise<never>(() => {})

test('a refresh that is answered in time is waited for, and stored', async () => {
  const { clock, credential, inner, answer, token } = await refreshing()
  const closing = closingTime(clock, () => credential.close())
  answer()
  expect(await closing).toBeLessThanOrEqual(100)
  expect(await token).toBe('access-2')
  for await (const key of inner.list?.() ?? []) expect((await inner.get(key)).value).toContain('refresh-2')
})

test.each([
  ['that names no secrets', undefined],
  ['that names its secrets', async () => 'secret'],
])('a refresh of a grant %s is waited for by each credential of the account', async (_, secrets) => {
  const { clock, another, answer, token } = await refreshing(secrets)
  const order: string[] = []
  const closed = another.close().then(() => order.push('closed'))
  await clock.advance(1_000)
  order.push('answered')
  answer()
  await token
  await closed
  expect(order).toEqual(['answered', 'closed'])
})

const ways: [string, number, (credential: TokenCredential) => PromiseLike<void>][] = [
  ['close()', 8_000, (credential) => credential.close()],
  ['await using', 8_000, (credential) => credential[Symbol.asyncDispose]()],
  ['close({ timeoutMs: 20_000 })', 20_000, (credential) => credential.close({ timeoutMs: 20_000 })],
  ['close({ timeoutMs: 0 })', 0, (credential) => credential.close({ timeoutMs: 0 })],
]

test.each(ways)(
  'a vendor that does not answer holds %s for %i ms, and its late answer is stored',
  async (_, ms, close) => {
    const { clock, credential, answer, token, inner } = await refreshing()
    expect(Math.abs((await closingTime(clock, () => close(credential))) - ms)).toBeLessThanOrEqual(100)
    answer()
    expect(await token).toBe('access-2')
    for await (const key of inner.list?.() ?? []) expect((await inner.get(key)).value).toContain('refresh-2')
  },
)

test.each([
  ['refuses connections', down],
  ['is silent', silent],
])('a store that %s once the vendor has answered holds close() for 8 s at most', async (_name, how) => {
  const { clock, credential, answer, fail } = await refreshing()
  fail(how)
  answer()
  await clock.advance(3_000)
  expect(await closingTime(clock, () => credential.close())).toBeLessThanOrEqual(8_000)
})

test('a sign-in that is being stored is waited for', async () => {
  const { credential, answer, token } = await refreshing()
  answer()
  await token
  const order: string[] = []
  void storeSignIn(credential, { accessToken: 'from-sign-in', expiresIn: 3600 }).then(() => order.push('stored'))
  await Promise.resolve()
  await credential.close()
  expect(order).toEqual(['stored'])
})

test.each([-1, Number.NaN, '5000', null])('timeoutMs %j is an invalid option', async (timeoutMs) => {
  const { credential } = await refreshing()
  await expect(credential.close({ timeoutMs } as never)).rejects.toMatchObject({
    code: 'invalid_option',
    option: 'timeoutMs',
  })
})
