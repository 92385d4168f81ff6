import { withCredential } from '@valetkey/fetch'
import { describe, expect, test } from 'vitest'
import { gate } from './support/rotating-credential.ts'
import { rotatingVendor } from './support/rotating-vendor.ts'

const statuses = async (responses: readonly Promise<Response>[]) => {
  const all = await Promise.all(responses)
  await Promise.all(all.map((it) => it.text()))
  return new Set(all.map((it) => it.status))
}

describe('a thousand requests at once, with refresh tokens that can be used once', () => {
  test('C3: cost one token call when nobody has a token yet', async () => {
    const vendor = await rotatingVendor()
    const api = withCredential(fetch, { ...vendor.credential, untilKnown: () => undefined })
    expect(await statuses(Array.from({ length: 1_000 }, () => api(vendor.api.origin)))).toEqual(new Set([200]))
    expect([vendor.tokenCalls, vendor.api.received.length]).toEqual([1, 1_000])
  })

  test('C3: cost one token call when the token has expired', async () => {
    const vendor = await rotatingVendor()
    const api = withCredential(fetch, { ...vendor.credential, untilKnown: () => undefined })
    await api(vendor.api.origin)
    await vendor.expire()
    expect(await statuses(Array.from({ length: 1_000 }, () => api(vendor.api.origin)))).toEqual(new Set([200]))
    expect([vendor.tokenCalls, vendor.api.received.length]).toEqual([2, 1_001])
  })

  test('C3: cost one token call when the API refuses the token to all of them', async () => {
    const vendor = await rotatingVendor()
    const api = withCredential(fetch, { ...vendor.credential, untilKnown: () => undefined })
    await api(vendor.api.origin)
    vendor.revoke()
    expect(await statuses(Array.from({ length: 1_000 }, () => api(vendor.api.origin)))).toEqual(new Set([200]))
    expect(vendor.tokenCalls).toBe(2)
  })

  test('C3: cost one token call when half of the refusals come after the refresh', async () => {
    const late = gate()
    let asked = 0
    const vendor = await rotatingVendor(async (token) => {
      if (token !== 1) return { status: 200 }
      asked += 1
      if (asked % 2 === 0) await late.promise
      return { status: 401 }
    })
    const api = withCredential(fetch, { ...vendor.credential, untilKnown: () => undefined })
    const all = Array.from({ length: 1_000 }, () => api(vendor.api.origin))
    await Promise.race(all)
    late.open()
    expect(await statuses(all)).toEqual(new Set([200]))
    expect(vendor.tokenCalls).toBe(2)
  })
})
