import { createTokenCredential, memoryStore, type TokenStore } from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { expect, test } from 'vitest'

const LIFETIME_MS = 5_000
/** The last fifth of the lifetime less half of its jitter: `random()` of the clock is 0.5. */
const SOFT_EXPIRY_MS = 4_100

/**
 * A process dates what it reads from the moment when it asked, which is before the store looked at its clock: by its own clocks
 * a refresh ahead of expiry is due a little before it is due by the store's.
 */
test('a refresh that began a moment too early is tried again when it is due, not a second later', async () => {
  const clock = virtualClock()
  const shared = memoryStore({ clock })
  let latencyMs = 20
  const distant: TokenStore = {
    ...shared,
    get: async (key) => {
      await clock.sleep(latencyMs)
      return shared.get(key)
    },
  }
  let calls = 0
  const grant = {
    acquire: async () => {
      calls += 1
      return { accessToken: `token-${calls}`, expiresIn: LIFETIME_MS / 1000 }
    },
  }
  const make = (store: TokenStore) =>
    createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant },
      { clock, store },
    )
  await make(shared).getToken()
  const credential = make(distant)
  await clock.runUntil(credential.getToken(), latencyMs)
  latencyMs = 0

  const request = async (atMs: number) => {
    await clock.advance(atMs - clock.monotonic())
    await credential.authorization()
    await clock.advance(0)
  }
  await request(SOFT_EXPIRY_MS - 10)
  expect(calls).toBe(1)
  await request(SOFT_EXPIRY_MS + 1)
  expect(calls).toBe(2)
})
