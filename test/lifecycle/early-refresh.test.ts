import { type Clock, createTokenCredential, memoryStore, type TokenStore } from '@valetkey/core'
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

/** Moments of a lifetime: while the next token is fetched, often around the moment when a refresh is due, and after expiry. */
const REQUESTS_MS = [
  ...[100, 299, 301, 395, 2_000],
  ...Array.from({ length: 20 }, (_, index) => SOFT_EXPIRY_MS - 5 + index * 0.6),
  ...[4_200, 4_499, 4_510, 5_001],
]

test('no request waits while tokens of 5 s are refreshed thirty times by a token endpoint that takes 300 ms', async () => {
  const virtual = virtualClock()
  // As those of a machine: that of the wall in whole milliseconds, the other one not.
  const clock: Clock = { ...virtual, now: () => Math.floor(virtual.now()) }
  const shared = memoryStore({ clock })
  let reads = 0
  const store: TokenStore = {
    ...shared,
    async get(key) {
      reads += 1
      await clock.sleep([3.7, 0, 1.2][reads % 3] ?? 0)
      return shared.get(key)
    },
  }
  const begun: number[] = []
  const grant = {
    acquire: async () => {
      begun.push(clock.monotonic())
      await clock.sleep(300)
      return { accessToken: `token-${begun.length}`, expiresIn: LIFETIME_MS / 1000 }
    },
  }
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant }
  const credential = createTokenCredential(definition, { clock, store, keyedBy: 'identity' })
  await virtual.runUntil(credential.getToken(), 300)
  const waited: number[] = []
  while (begun.length <= 30) {
    const since = begun.at(-1) ?? 0
    const now = clock.monotonic()
    const next = REQUESTS_MS.find((ms) => since + ms > now) ?? LIFETIME_MS
    await virtual.advance(Math.max(since + next - now, 0))
    const ready = credential.authorization()
    if ('then' in ready) waited.push(next)
    await virtual.advance(0)
  }
  expect(waited).toEqual([])
  const lifetimes = begun.slice(1).map((at, index) => at - (begun[index] ?? 0))
  expect(Math.min(...lifetimes)).toBeGreaterThan(SOFT_EXPIRY_MS - 5)
})
