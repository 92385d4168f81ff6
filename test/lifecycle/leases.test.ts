import { createTokenCredential, memoryStore, type TokenCredential, type TokenStore } from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { rotatingVendor } from './support/rotating-vendor.ts'

const LIFETIME_S = 100

/** Two processes at one store, and what becomes of the writes of the first. */
async function setUp(vendor: ReturnType<typeof rotatingVendor>) {
  const clock = virtualClock()
  const shared = memoryStore({ clock })
  const first: { write: TokenStore['compareAndSet'] } = { write: shared.compareAndSet }
  const definition = {
    vendor: 'acme',
    origins: ['https://api.acme.example'],
    identity: ['leases'],
    grant: vendor.grant,
  }
  const process = (compareAndSet: TokenStore['compareAndSet']): TokenCredential =>
    createTokenCredential(definition, { clock, store: { specVersion: 'v1', get: shared.get, compareAndSet } })
  const [a, b] = [process((...args) => first.write(...args)), process(shared.compareAndSet)]
  await a.getToken()
  await b.getToken()
  /** The next write of the first process is applied, and its answer is lost. */
  const loseAnswer = (): void => {
    first.write = async (...args) => {
      first.write = shared.compareAndSet
      await shared.compareAndSet(...args)
      throw new Error('the connection broke')
    }
  }
  /** All writes of the first process wait for a lock for so long, and are then applied in order. */
  const lock = (ms: number): void => {
    const unlocked = clock.sleep(ms)
    first.write = async (...args) => {
      await unlocked
      return shared.compareAndSet(...args)
    }
  }
  /** How long the second process waits for a token, ms. */
  const waitOfSecond = async (): Promise<number> => {
    const startedAt = clock.monotonic()
    let waitedMs = Number.POSITIVE_INFINITY
    void b.getToken().then(() => {
      waitedMs = clock.monotonic() - startedAt
    })
    await clock.advance(20_000)
    return waitedMs
  }
  return { clock, a, first, shared, loseAnswer, lock, waitOfSecond }
}

describe('a lease whose write had no answer is used by its process, and nobody waits for its end', () => {
  test.each([
    ['in the background', 94_000],
    ['in the foreground', 100_000],
  ])('%s: the answer is lost', async (_name, afterMs) => {
    const vendor = rotatingVendor({ expiresIn: LIFETIME_S })
    const { clock, a, loseAnswer, waitOfSecond } = await setUp(vendor)
    await clock.advance(afterMs)
    loseAnswer()
    const token = Promise.resolve(a.authorization())
    await clock.advance(1_000)
    expect(await waitOfSecond()).toBeLessThan(1_000)
    await token
    expect([vendor.calls.length, vendor.reuses()]).toEqual([2, 0])
  })

  test.each([
    ['in the background', 91_000],
    ['in the foreground', 100_000],
  ])('%s: a stranger locks the row for 8 s', async (_name, afterMs) => {
    const vendor = rotatingVendor({ expiresIn: LIFETIME_S })
    const { clock, a, lock, waitOfSecond } = await setUp(vendor)
    await clock.advance(afterMs)
    lock(8_000)
    const token = Promise.resolve(a.authorization()).catch((error: { code: string }) => error.code)
    await clock.advance(8_000)
    expect(await waitOfSecond()).toBeLessThan(2_000)
    await token
    expect([vendor.calls.length, vendor.reuses()]).toEqual([2, 0])
  })
})

test('a lease that the process left behind when it closed is no reason for it to wait', async () => {
  const vendor = rotatingVendor({ canRefresh: false, expiresIn: LIFETIME_S })
  const { clock, a, first, shared } = await setUp(vendor)
  await clock.advance(LIFETIME_S * 1_000)
  let writes = 0
  first.write = async (...args) => {
    writes += 1
    if (writes > 1) throw new Error('the store is down')
    return shared.compareAndSet(...args)
  }
  const delivered = a.getToken()
  await clock.advance(100)
  const closed = a.close()
  await clock.advance(6_000)
  await closed
  expect((await delivered).accessToken).toBe('access-2')
  first.write = shared.compareAndSet
  const renewed = a.renew(await a.authorization())
  await clock.advance(1_000)
  await renewed
  expect(vendor.calls).toHaveLength(3)
})
