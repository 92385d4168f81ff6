import { createTokenCredential, memoryStore, type TokenCredential } from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { expect, test } from 'vitest'
import { rotatingVendor } from './support/rotating-vendor.ts'

const HOUR_MS = 60 * 60_000
const USE_EACH_MS = 5_000

/** Processes that share an account, the reads of the first, and what becomes of a use every 5 s. */
function setUp(expiresIn: number) {
  const clock = virtualClock()
  const shared = memoryStore({ clock })
  const vendor = rotatingVendor({ canAcquire: true, expiresIn })
  let reads = 0
  const make = (): TokenCredential =>
    createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['read again'], grant: vendor.grant },
      {
        clock,
        store: {
          ...shared,
          get(key) {
            reads += 1
            return shared.get(key)
          },
        },
      },
    )
  const useFor = async (credential: TokenCredential, ms: number, isOver: () => boolean = () => false) => {
    const startedAt = clock.monotonic()
    while (clock.monotonic() - startedAt < ms && !isOver()) {
      await credential.authorization()
      await clock.advance(USE_EACH_MS)
    }
    return clock.monotonic() - startedAt
  }
  return { clock, make, useFor, reads: () => reads }
}

test('an account that is used all the time reads its record 20 times in an hour, the refresh included', async () => {
  const { make, useFor, reads } = setUp(3_600)
  await useFor(make(), HOUR_MS)
  expect(reads()).toBe(20)
})

test.each([
  ['a new token', 0, 30_000],
  ['a token of two minutes', 2 * 60_000, 60_000],
  ['a token of an hour', HOUR_MS, 5 * 60_000],
  ['a token of a month', 30 * 24 * HOUR_MS, 5 * 60_000],
])('the sign-out of another process is noticed: %s', async (_name, ageMs, withinMs) => {
  const { clock, make, useFor } = setUp(300 * 24 * 3_600)
  const [using, leaving] = [make(), make()]
  await using.getToken()
  await clock.advance(ageMs)
  await useFor(using, USE_EACH_MS)
  await leaving.signOut()
  let isTold = false
  using.on('acquired', () => {
    isTold = true
  })
  const noticedMs = await useFor(using, HOUR_MS, () => isTold)
  expect(noticedMs).toBeLessThanOrEqual(withinMs + USE_EACH_MS)
})
