import { createTokenCredential, memoryStore, type TokenGrant } from '@valetkey/core'
import { forTarget, storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { rotatingVendor } from './support/rotating-vendor.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
const YEAR_MS = 365 * DAY_MS

function setUp(grant: TokenGrant) {
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['kept'], grant }
  const credential = createTokenCredential(definition, { clock, store })
  const isKept = async () => (await store.get(JSON.stringify(['vk1', 'acme', 'kept', 'default']))).value !== undefined
  return { clock, credential, isKept }
}

describe('a record that a program gets again by itself ends a day after its access token', () => {
  test('so that notes about a failure, and a refused client, are over before it', async () => {
    const { grant } = rotatingVendor({ canRefresh: false, expiresIn: 3_600 })
    const { clock, credential, isKept } = setUp(grant)
    await credential.getToken()
    await clock.advance(HOUR_MS + DAY_MS - 1)
    expect(await isKept()).toBe(true)
    await clock.advance(1)
    expect(await isKept()).toBe(false)
    expect((await credential.getToken()).accessToken).toBe('access-2')
  })

  test('each new token moves the end', async () => {
    const { grant } = rotatingVendor({ canRefresh: false, expiresIn: 3_600 })
    const { clock, credential, isKept } = setUp(grant)
    for (let day = 0; day < 10; day += 1) {
      await credential.getToken()
      await clock.advance(DAY_MS)
      expect(await isKept()).toBe(true)
    }
    await clock.advance(HOUR_MS)
    expect(await isKept()).toBe(false)
  })

  test('the access tokens of other APIs count', async () => {
    const vendor = rotatingVendor({ canRefresh: false, expiresIn: 3_600 })
    const { clock, credential, isKept } = setUp(vendor.grant)
    const long = rotatingVendor({ canRefresh: false, expiresIn: 48 * 3_600 })
    await forTarget(credential, {
      target: 'long',
      grant: long.grant,
      origins: ['https://long.acme.example'],
    }).getToken()
    await credential.getToken()
    await clock.advance(3 * DAY_MS - 1)
    expect(await isKept()).toBe(true)
    await clock.advance(1)
    expect(await isKept()).toBe(false)
  })

  test('a failure alone is kept for a day', async () => {
    const { clock, credential, isKept } = setUp({
      acquire: async () => {
        throw new Error('no answer')
      },
    })
    const failed = credential.getToken().catch((error: { code: string }) => error.code)
    await clock.advance(60_000)
    expect(await failed).toBe('token_unavailable')
    expect(await isKept()).toBe(true)
    await clock.advance(DAY_MS)
    expect(await isKept()).toBe(false)
  })
})

describe('what only a person can give is kept', () => {
  test('a refresh token, also of a program that could acquire another', async () => {
    const { clock, credential, isKept } = setUp(rotatingVendor({ expiresIn: 3_600 }).grant)
    await credential.getToken()
    await clock.advance(10 * YEAR_MS)
    expect(await isKept()).toBe(true)
  })

  test('a refresh token while another is asked for', async () => {
    const vendor = rotatingVendor({ expiresIn: 3_600 })
    const { clock, credential, isKept } = setUp(vendor.grant)
    await credential.getToken()
    await clock.advance(HOUR_MS)
    vendor.hold()
    void credential.getToken().catch(() => {})
    await clock.advance(1)
    await clock.advance(10 * YEAR_MS)
    expect(await isKept()).toBe(true)
  })

  test('an access token that came without a refresh token', async () => {
    const { refresh = expect.fail() } = rotatingVendor({ expiresIn: 3_600 }).grant
    const { clock, credential, isKept } = setUp({ refresh })
    await storeSignIn(credential, { accessToken: 'of-a-person', expiresIn: 3_600 })
    await clock.advance(10 * YEAR_MS)
    expect(await isKept()).toBe(true)
  })

  test('an access token whose end nobody knows', async () => {
    const vendor = rotatingVendor({ canRefresh: false })
    vendor.next({ expiresIn: undefined })
    const { clock, credential, isKept } = setUp(vendor.grant)
    await credential.getToken()
    await clock.advance(10 * YEAR_MS)
    expect(await isKept()).toBe(true)
    expect((await credential.getToken()).accessToken).toBe('access-1')
  })
})
