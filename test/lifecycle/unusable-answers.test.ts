import { createTokenCredential, GrantError, memoryStore, type TokenCredential, type TokenSet } from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { expect, test } from 'vitest'
import { rotatingVendor } from './support/rotating-vendor.ts'

const LIFETIME_S = 100
const KEY = JSON.stringify(['vk1', 'acme', 'unusable', 'default'])
/** No header carries it. */
const UNUSABLE = { accessToken: 'a\nb' }

/** A person's sign-in at a strict vendor; `next` is what the token endpoint answers first. */
async function setUp() {
  const vendor = rotatingVendor({ expiresIn: LIFETIME_S })
  const { acquire, refresh } = vendor.grant
  if (!acquire || !refresh) throw new Error('the grant has acquire and refresh')
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const connect = (more: object = {}): TokenCredential =>
    createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: ['unusable'],
        grant: { refresh, ...more },
      },
      { clock, store: { ...store }, maxWaitMs: 10_000 },
    )
  const credential = connect()
  await storeSignIn(
    credential,
    await acquire({ account: 'default', signal: new AbortController().signal, fetch, now: clock.now }),
  )
  vendor.calls.length = 0
  const settle = async <T>(promise: Promise<T>): Promise<T | string> => {
    const settled = promise.catch((error: { code: string }) => error.code)
    await clock.advance(15_000)
    return settled
  }
  const tokenOf = (of: TokenCredential) => settle(of.getToken().then(({ accessToken }) => accessToken))
  const recordOf = async () => JSON.parse((await store.get(KEY)).value ?? '{}')
  return { vendor, clock, store, connect, credential, settle, tokenOf, recordOf }
}

test.each<[string, Partial<TokenSet>]>([
  ['with tokens of which one cannot be used', UNUSABLE],
  ['with an "extra" that is not JSON', { extra: { big: 1n } }],
])('an answer %s is asked for again with its own refresh token', async (_, answer) => {
  const { vendor, clock, credential, tokenOf } = await setUp()
  await clock.advance(LIFETIME_S * 1_000)
  vendor.next(answer)
  expect(await tokenOf(credential)).toBe('access-3')
  expect(vendor.calls).toEqual(['refresh refresh-1', 'refresh refresh-2'])
})

test('a GrantError hands over the new refresh token, and shows it nowhere', async () => {
  const { vendor, clock, connect, tokenOf } = await setUp()
  const errors: GrantError[] = []
  const refresh = async (refreshToken: string, context: never) => {
    const tokens = await vendor.grant.refresh?.(refreshToken, context)
    if (errors.length > 0 || !tokens) return tokens
    const { refreshToken: next, refreshExpiresIn } = { refreshExpiresIn: 50, ...tokens }
    const failure = {
      kind: 'token_unavailable',
      sent: true,
      status: 200,
      refreshToken: next,
      refreshExpiresIn,
    } as const
    const error = new GrantError(failure)
    errors.push(error)
    throw error
  }
  const credential = connect({ refresh })
  await clock.advance(LIFETIME_S * 1_000)
  expect(await tokenOf(credential)).toBe('access-3')
  expect(errors[0]?.failure).toEqual({ kind: 'token_unavailable', sent: true, status: 200 })
  expect(JSON.stringify(errors)).not.toContain('refresh-2')
  expect(vendor.reuses()).toBe(0)
})

test('where the API has refused the access token, it is not given out again as a newer one', async () => {
  const { vendor, clock, credential, connect, settle, recordOf } = await setUp()
  const refused = await credential.authorization()
  const other = connect()
  const otherRefused = await other.authorization()
  vendor.next(UNUSABLE, UNUSABLE, UNUSABLE, UNUSABLE)
  expect(await settle(credential.renew(refused))).toBe('token_unavailable')
  expect(await recordOf()).toMatchObject({
    generation: refused.generation,
    tokens: { accessToken: 'access-1', refreshToken: 'refresh-5' },
  })
  await clock.advance(60_000)
  const renewed = await settle(other.renew(otherRefused))
  expect(renewed).toMatchObject({ headers: { authorization: 'Bearer access-6' } })
  expect(vendor.reuses()).toBe(0)
})

test('a store that goes back to the spent refresh token gets the new one again', async () => {
  const { vendor, clock, store, credential, tokenOf } = await setUp()
  await credential.getToken()
  const old = await store.get(KEY)
  await clock.advance((LIFETIME_S - 10) * 1_000)
  vendor.next(UNUSABLE)
  await credential.getToken()
  await credential.close()
  const { version } = await store.get(KEY)
  await store.compareAndSet(KEY, version, old.value ?? '')
  await clock.advance(LIFETIME_S * 1_000)
  expect(await tokenOf(credential)).toBe('access-3')
  expect(vendor.calls).toEqual(['refresh refresh-1', 'refresh refresh-2'])
})

test('acquired by a password: the refresh token is stored without an access token, and used at the next try', async () => {
  const { vendor, connect, tokenOf, recordOf } = await setUp()
  const credential = connect({ acquire: vendor.grant.acquire })
  await credential.signOut()
  vendor.next(UNUSABLE, new GrantError({ kind: 'token_unavailable', sent: false, retryAfterMs: 60_000 }))
  expect(await tokenOf(credential)).toBe('token_unavailable')
  expect(await recordOf()).toMatchObject({ tokens: { accessToken: '', refreshToken: 'refresh-2' } })
  expect(await credential.status()).toMatchObject({ state: 'renewable' })
  expect(vendor.calls).toEqual(['acquire', 'refresh refresh-2'])
})

test('somebody who signed out meanwhile stays signed out, and the new refresh token is revoked', async () => {
  const { vendor, clock, connect, settle } = await setUp()
  const revoked: unknown[] = []
  const revoke = async ({ accessToken, refreshToken }: { accessToken: string; refreshToken?: string }) => {
    revoked.push([accessToken, refreshToken])
  }
  const credential = connect({ revoke })
  await clock.advance(LIFETIME_S * 1_000)
  const release = vendor.hold()
  vendor.next(UNUSABLE)
  const asked = credential.getToken().catch(({ code }: { code: string }) => code)
  await clock.advance(1_000)
  await connect().signOut()
  release()
  expect(await settle(asked)).toBe('not_signed_in')
  expect(revoked).toEqual([['', 'refresh-2']])
})
