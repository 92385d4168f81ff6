import { type CredentialOptions, createTokenCredential, memoryStore, type TokenCredential } from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { withCredential } from '@valetkey/fetch'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { rotatingVendor } from './support/rotating-vendor.ts'

const URL_OF_API = 'https://api.acme.example/things'

/** An API whose servers know the newest token from `knownAt` on; monotonic ms. */
function setUp(knownAt: number) {
  const clock = virtualClock()
  const vendor = rotatingVendor()
  const store = memoryStore({ clock })
  const make = (options: CredentialOptions = {}): TokenCredential =>
    createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant: vendor.grant },
      { clock, store, ...options },
    )
  const sent: string[] = []
  const api = async (_url: string | URL | Request, init?: RequestInit) => {
    sent.push(new Headers(init?.headers).get('authorization') ?? '')
    return new Response(null, { status: clock.monotonic() < knownAt ? 401 : 200 })
  }
  return { clock, store, make, api, sent }
}

describe('a token that the API refuses within three seconds of its birth', () => {
  test('is given once more, by a thousand requests at one moment, and not renewed', async () => {
    const { clock, make, api, sent } = setUp(2_900)
    const credential = make()
    const { generation } = await credential.authorization()
    const http = withCredential(api, credential)
    const requests = Promise.all(Array.from({ length: 1_000 }, () => http(URL_OF_API)))
    await clock.advance(2_999)
    expect(sent).toHaveLength(1_000)
    await clock.advance(1)
    expect(new Set((await requests).map(({ status }) => status))).toEqual(new Set([200]))
    expect([sent.length, new Set(sent).size]).toEqual([2_000, 1])
    expect((await credential.authorization()).generation).toBe(generation)
  })

  test('is not given once more when the account was signed out meanwhile', async () => {
    const { clock, api, sent } = setUp(2_900)
    const grant = { refresh: () => Promise.reject(new Error('not used')) }
    const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['person'], grant }
    const credential = createTokenCredential(definition, { clock, store: memoryStore({ clock }) })
    await storeSignIn(credential, { accessToken: 'access', refreshToken: 'refresh', expiresIn: 3600 })
    const outcome = withCredential(api, credential)(URL_OF_API).catch((error: unknown) => error)
    await clock.advance(1_000)
    await credential.signOut()
    await clock.advance(2_000)
    expect(await outcome).toMatchObject({ code: 'not_signed_in' })
    expect(sent).toEqual(['Bearer access'])
  })

  test('is as old as its record says where another process obtained it', async () => {
    const { clock, make, store } = setUp(0)
    await make().getToken()
    await clock.advance(1_000)
    const copy = memoryStore({ clock })
    for await (const key of store.list?.() ?? []) {
      const { value = '' } = (await store.get(key)) ?? {}
      await copy.compareAndSet(key, undefined, value, {})
    }
    const restored = make({ store: copy })
    const authorization = await restored.authorization()
    let isOver = false
    const known = restored.untilKnown?.(authorization)?.then(() => {
      isOver = true
    })
    await clock.advance(1_999)
    expect(isOver).toBe(false)
    await clock.advance(1)
    await known
    expect(restored.untilKnown?.(authorization)).toBeUndefined()
  })

  test('is not waited for where a newer one is there already', async () => {
    const { make } = setUp(0)
    const credential = make()
    const old = await credential.authorization()
    const newer = await credential.renew(old)
    expect(credential.untilKnown?.(old)).toBeUndefined()
    expect((await credential.renew(old))?.generation).toBe(newer?.generation)
  })

  test('gives way to a newer one that comes meanwhile', async () => {
    const { clock, make } = setUp(0)
    const credential = make()
    const old = await credential.authorization()
    const known = credential.untilKnown?.(old)
    const newer = await credential.renew(old)
    await clock.advance(3_000)
    expect((await known)?.generation).toBe(newer?.generation)
  })

  test('holds up nobody longer than "maxWaitMs"', async () => {
    const { clock, make } = setUp(0)
    const credential = make({ maxWaitMs: 500 })
    const known = credential.untilKnown?.(await credential.authorization())
    await clock.advance(500)
    await known
    expect(clock.monotonic()).toBe(500)
  })
})
