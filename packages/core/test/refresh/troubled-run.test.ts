import { describe, expect, test } from 'vitest'
import type { TokenStore } from '../../src/store.ts'
import { GrantError } from '../../src/tokens/grant.ts'
import { serializeRecord } from '../../src/tokens/record.ts'
import { KEY, NOW, OTHERS, recordOf } from './flight.ts'
import { setUp, turn } from './running.ts'

const refused = () => Promise.reject(new Error('refused'))

type Write = TokenStore['compareAndSet']
type Way = (inner: Write, time: { passed: number }, ...write: Parameters<Write>) => ReturnType<Write>

/** A flight at a store whose writes go so, one after the other, and then as they should. */
async function writing(...ways: (Way | undefined)[]) {
  const { inner, clock, time, wake: wakeOwn, sleeps: ofClock, stored } = await setUp(recordOf())
  const store: TokenStore = {
    ...inner,
    compareAndSet(...write) {
      const way = ways.shift()
      return way ? way(inner.compareAndSet, time, ...write) : inner.compareAndSet(...write)
    },
  }
  const { start, changes } = await setUp(undefined, { store, clock })
  return { flight: start(), changes, wakeOwn, ofClock, stored }
}

test('a write that another one came before is made anew', async () => {
  const { flight, stored } = await writing(async () => ({ ok: false }))
  expect(await flight.result).toMatchObject({ type: 'tokens' })
  await flight.done
  expect(await stored()).toMatchObject({ setId: 'flight-1:2' })
})

test('a lease whose write fails is looked for after a moment', async () => {
  const { flight, wakeOwn, ofClock } = await writing(refused)
  flight.join()
  await turn()
  expect(ofClock.at(-1)?.ms).toBe(200)
  await wakeOwn()
  expect(await flight.result).toMatchObject({ type: 'tokens' })
})

test('callers are told that the store is down, and the flight goes on to look for its lease', async () => {
  const { flight, changes, wakeOwn, stored } = await writing(async (inner, time, ...write) => {
    await inner(...write)
    time.passed += 4_000
    throw new Error('the answer is lost')
  })
  flight.join()
  expect(await flight.result).toEqual({ type: 'store_unavailable', reason: undefined, isDown: true })
  expect(changes.at(-1)).toEqual({ type: 'degraded', reason: undefined })
  expect(flight.isHolding()).toBe(true)
  await wakeOwn()
  await flight.done
  expect(await stored()).toMatchObject({ generation: 8, setId: 'flight-1:1' })
})

test('tokens are handed out after two seconds, though the store takes them only later', async () => {
  let take = (): void => {}
  const taken = new Promise<void>((resolve) => (take = resolve))
  const { flight, changes, ofClock, stored } = await writing(undefined, async (inner, _time, ...write) => {
    await taken
    return await inner(...write)
  })
  await turn()
  expect(changes.map(({ type }) => type)).toEqual(['remember'])
  ofClock.find(({ ms }) => ms === 2_000)?.wake()
  expect(await flight.result).toMatchObject({
    type: 'tokens',
    snapshot: { record: { tokens: { accessToken: 'access-8' } } },
  })
  expect(changes.at(-1)).toMatchObject({ type: 'deliver', snapshot: { record: { setId: 'flight-1:1' } } })
  expect([flight.isHolding(), (await stored())?.setId]).toEqual([true, 'set-7'])
  take()
  await flight.done
  expect([flight.isHolding(), (await stored())?.setId]).toEqual([false, 'flight-1:1'])
})

test('when a flight has ended, none of its timers runs any more', async () => {
  const { flight, ofClock } = await writing()
  await flight.done
  expect(ofClock.map(({ signal }) => signal?.aborted)).not.toContain(false)
  expect(ofClock.map(({ ms }) => ms)).toContain(5_000)
})

test('a program that ends waits four seconds for the store to take an answer', async () => {
  const { flight, wakeOwn, stored } = await writing(undefined, ...Array.from({ length: 1_000 }, () => refused))
  flight.close()
  let tries = 0
  const counted = flight.done.then(() => true)
  while (!(await Promise.race([counted, wakeOwn().then(() => false)]))) tries += 1
  expect(await flight.result).toEqual({ type: 'store_unavailable' })
  expect(tries).toBeGreaterThan(10)
  expect(tries).toBeLessThan(30)
  expect((await stored())?.setId).toBe('set-7')
})

test('a record that nobody can read ends a flight with the reason', async () => {
  const { inner, clock } = await setUp(undefined)
  await inner.compareAndSet(KEY, undefined, '{"v":2}')
  const flight = (await setUp(undefined, { store: inner, clock })).start()
  expect(await flight.result).toEqual({
    type: 'record_unreadable',
    reason: expect.stringContaining('was written by a newer version of valetkey'),
  })
})

describe('the wait for another flight is told of', () => {
  const waits = async (next: Parameters<typeof recordOf>[0]) => {
    const { start, changes, wake, inner } = await setUp(recordOf({ claim: OTHERS }))
    start().join()
    await wake()
    const { version } = await inner.get(KEY)
    await inner.compareAndSet(KEY, version, serializeRecord(recordOf(next)))
    await turn()
    await turn()
    return changes.map(({ type }) => type)
  }

  test('before the flight takes the lease itself', async () => {
    expect(await waits({})).toEqual(['remember', 'remember', 'remember', 'waited', 'remember', 'obtained'])
  })

  test('before the flight waits for the vendor', async () => {
    const failure = { count: 1, retryAt: NOW + 8_500, reason: 'r' }
    expect(await waits({ failure })).toEqual(['remember', 'remember', 'remember', 'waited'])
  })
})

describe('the server of a token request', () => {
  const serverOf = async (input: string | URL | Request) => {
    const asked: unknown[] = []
    const ownFetch = (async (...args: unknown[]) => {
      asked.push(args)
      return new Response()
    }) as typeof fetch
    const init = { method: 'POST' }
    const refresh = async (_token: string, { fetch }: { fetch: typeof globalThis.fetch }) => {
      await fetch(input, init)
      return { accessToken: 'access-8' }
    }
    const { start, changes } = await setUp(recordOf(), { grant: { refresh }, fetch: ownFetch })
    await start().done
    expect(asked).toEqual([[input, init]])
    return changes.at(-1)
  }
  const server = 'https://login.acme.example'

  test.each([`${server}/token`, new URL(`${server}/token`), new Request(`${server}/token`)])(
    'is told: %s',
    async (input) => {
      expect(await serverOf(input)).toMatchObject({ type: 'obtained', request: { server } })
    },
  )
})

test('a failure of the grant is told, with the tokens as they were', async () => {
  const error = new GrantError({ kind: 'reauthorization_required', sent: true, oauthError: 'invalid_grant' })
  const { start, changes } = await setUp(recordOf(), { grant: { refresh: () => Promise.reject(error) } })
  expect(await start().result).toEqual({ type: 'reauthorization_required', reason: 'invalid_grant', since: NOW })
  expect(changes.at(-1)).toMatchObject({
    type: 'failed',
    failure: { oauthError: 'invalid_grant' },
    request: { generation: 7 },
  })
})
