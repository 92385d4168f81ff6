import { createTokenCredential, memoryStore, type TokenCredential, type TokenStore } from '@valetkey/core'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { rotatingVendor } from './support/rotating-vendor.ts'

const LIFETIME_S = 3_600
const SLOW_MS = 20_000

interface Calls {
  reads: number
  writes: number
  waits: number
}

/** How a store tells of changes. `wakes`: of each write, as most do. `knows`: what is no more than an extension, too. */
type Telling = 'never' | 'wakes' | 'knows' | 'loses' | 'refuses'

/** Processes at one store, all of which need a token, and the calls of each; the token endpoint takes `tokenCallMs`. */
function setUp(telling: Telling, tokenCallMs: number) {
  const clock = virtualClock()
  const vendor = rotatingVendor({ expiresIn: LIFETIME_S })
  const slow = { ms: tokenCallMs }
  const { acquire } = vendor.grant
  if (!acquire) throw new Error('the grant has acquire')
  const grant = {
    async acquire(...args: Parameters<typeof acquire>) {
      await clock.sleep(slow.ms)
      return await acquire(...args)
    },
  }
  const shared = memoryStore({ clock })
  const listeners = new Set<(isExtension: boolean) => void>()
  const make = () => {
    const calls: Calls = { reads: 0, writes: 0, waits: 0 }
    let isAlive = true
    const store: TokenStore = {
      specVersion: 'v1',
      get(key) {
        calls.reads += 1
        return shared.get(key)
      },
      async compareAndSet(key, expected, value, options) {
        calls.writes += 1
        if (!isAlive) throw new Error('nobody writes')
        const written = await shared.compareAndSet(key, expected, value, options)
        if (written.ok) for (const listener of listeners) listener(options?.isExtension === true)
        return written
      },
      ...(telling !== 'never' && {
        waitForChange(key, version, options) {
          calls.waits += 1
          if (telling === 'refuses') return Promise.reject(new Error('not connected'))
          if (telling === 'wakes') return shared.waitForChange?.(key, version, options) ?? expect.fail()
          return told(clock, listeners, telling, options)
        },
      }),
    }
    const identity = ['waiting']
    const credential = createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity, grant },
      { clock, store },
    )
    const die = (): void => {
      isAlive = false
    }
    return { credential, calls, die }
  }
  return { clock, vendor, slow, make }
}

async function told(
  clock: VirtualClock,
  listeners: Set<(isExtension: boolean) => void>,
  telling: Telling,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<'extended' | undefined> {
  const over = new AbortController()
  let heard: 'extended' | undefined
  const listener = (isExtension: boolean): void => {
    if (telling === 'loses') return
    heard = isExtension ? 'extended' : undefined
    over.abort()
  }
  listeners.add(listener)
  signal?.addEventListener('abort', () => over.abort(), { once: true })
  await clock.sleep(timeoutMs, over.signal)
  listeners.delete(listener)
  return heard
}

/** When each of these processes has its token, ms after all began; `undefined`: it does not get one. */
async function arrivals(clock: VirtualClock, credentials: readonly TokenCredential[], withinMs: number) {
  const startedAt = clock.monotonic()
  const arrived = credentials.map((): number | undefined => undefined)
  for (const [index, credential] of credentials.entries()) {
    void credential.getToken().then(() => {
      arrived[index] = clock.monotonic() - startedAt
    })
    // The first takes the lease.
    await clock.advance(0)
  }
  await clock.advance(withinMs)
  return arrived
}

describe('what it costs the store that processes wait 20 s for the refresh of another', () => {
  test.each([
    // Each looks again after a share of the time that it has waited, and every 5 s at last.
    ['that does not tell of changes', 'never', { reads: 16, writes: 0, waits: 0 }],
    // The lease is extended every 5 s.
    ['that tells of every write', 'wakes', { reads: 5, writes: 0, waits: 4 }],
    ['that tells extensions apart', 'knows', { reads: 2, writes: 0, waits: 4 }],
  ] as const)('a store %s', async (_name, telling, each) => {
    const { clock, make, vendor } = setUp(telling, SLOW_MS)
    const processes = Array.from({ length: 10 }, make)
    const arrived = await arrivals(
      clock,
      processes.map(({ credential }) => credential),
      SLOW_MS + 5_000,
    )
    expect(arrived.every((ms) => ms !== undefined && ms >= SLOW_MS)).toBe(true)
    const [holder, ...waiting] = processes.map(({ calls }) => calls)
    // Lease and tokens, and three extensions.
    expect(holder?.writes).toBe(2 + 3)
    expect(new Set(waiting.map((calls) => JSON.stringify(calls)))).toEqual(new Set([JSON.stringify(each)]))
    expect(vendor.calls).toHaveLength(1)
  })

  test('a store that can be told of nothing now is polled', async () => {
    const { clock, make } = setUp('refuses', SLOW_MS)
    const processes = [make(), make()]
    const arrived = await arrivals(
      clock,
      processes.map(({ credential }) => credential),
      SLOW_MS + 5_000,
    )
    expect(arrived.every((ms) => ms !== undefined)).toBe(true)
    expect(processes[1]?.calls.reads).toBe(16)
  })

  test('thirty callers of one process wait as one', async () => {
    const { clock, make } = setUp('knows', SLOW_MS)
    const [holder, { credential, calls }] = [make(), make()]
    await arrivals(clock, [holder.credential, ...Array.from({ length: 30 }, () => credential)], SLOW_MS)
    expect(calls).toEqual({ reads: 2, writes: 0, waits: 4 })
  })
})

describe('how long processes wait for the refresh of another', () => {
  test.each([10, 30, 50, 100, 200, 300, 500, 700, 1_000])(
    'a token call of %i ms: with a store that tells no longer, without it less than two thirds longer',
    async (tokenCallMs) => {
      for (const [telling, limitMs] of [
        ['knows', tokenCallMs],
        ['wakes', tokenCallMs],
        ['never', Math.max(tokenCallMs * 1.66, tokenCallMs + 25)],
      ] as const) {
        const { clock, make } = setUp(telling, tokenCallMs)
        const arrived = await arrivals(
          clock,
          [make(), make(), make()].map(({ credential }) => credential),
          3_000,
        )
        expect(Math.max(...arrived.map((ms) => ms ?? Number.POSITIVE_INFINITY))).toBeLessThanOrEqual(limitMs)
      }
    },
  )

  test('without a store that tells, a slow token call is noticed 5 s after its end at the latest', async () => {
    for (const tokenCallMs of [5_000, 10_000, 20_000, 40_000]) {
      const { clock, make } = setUp('never', tokenCallMs)
      const [, waited = Number.POSITIVE_INFINITY] = await arrivals(
        clock,
        [make(), make()].map(({ credential }) => credential),
        50_000,
      )
      expect(waited - tokenCallMs).toBeLessThanOrEqual(5_000)
    }
  })

  test.each([300, 1_000, 5_000, 12_000, 20_000])(
    'a lost notification of a token call of %i ms costs half a lease, no more',
    async (tokenCallMs) => {
      const { clock, make } = setUp('loses', tokenCallMs)
      const [, waited = Number.POSITIVE_INFINITY] = await arrivals(
        clock,
        [make(), make()].map(({ credential }) => credential),
        40_000,
      )
      expect(waited - tokenCallMs).toBeLessThanOrEqual(7_500)
    },
  )

  test.each(['never', 'wakes', 'knows', 'loses'] as const)(
    'a holder that is never heard again is succeeded after 16 s (store: %s)',
    async (telling) => {
      const { clock, make, slow } = setUp(telling, Number.MAX_SAFE_INTEGER)
      const [holder, other] = [make(), make()]
      void holder.credential.getToken().catch(() => {})
      await clock.advance(0)
      holder.die()
      slow.ms = 100
      const [waited = Number.POSITIVE_INFINITY] = await arrivals(clock, [other.credential], 20_000)
      expect(waited).toBeGreaterThanOrEqual(16_000)
      expect(waited).toBeLessThanOrEqual(16_200)
    },
  )
})
