import { describe, expect, test } from 'vitest'
import type { FlightRuntime } from '../../src/refresh/run.ts'
import { memoryStore, type TokenStore } from '../../src/store.ts'
import { systemClock } from '../../src/time.ts'
import { GrantError } from '../../src/tokens/grant.ts'
import { type GrantRecord, serializeRecord } from '../../src/tokens/record.ts'
import { FRESH, KEY, MONO, NOW, OTHERS, recordOf } from './flight.ts'
import { setUp, turn } from './running.ts'

/** Another flight has this record under its lease. */
const leased = (leftMs = 10_000) => recordOf({ claim: { ...OTHERS, until: NOW + leftMs } })

describe('a flight', () => {
  test('refreshes, stores, and tells of it', async () => {
    const { start, changes, stored } = await setUp(recordOf())
    const flight = start()
    flight.join()
    expect(await flight.result).toMatchObject({ type: 'tokens', snapshot: { record: { generation: 8 } } })
    await flight.done
    expect(await stored()).toMatchObject({ setId: 'flight-1:1', tokens: { accessToken: 'access-8' } })
    expect(changes).toMatchObject([
      { type: 'remember', own: false },
      { type: 'remember', own: true },
      { type: 'obtained', request: { mode: 'refresh', generation: 8, durationMs: 0 } },
    ])
    expect([flight.id, flight.isHolding(), flight.progressAt()]).toEqual(['flight-1', false, MONO])
  })

  test('holds its lease until the answer is stored', async () => {
    let answer = (_tokens: { accessToken: string }): void => {}
    const refresh = () => new Promise<{ accessToken: string }>((resolve) => (answer = resolve))
    const { start, stored } = await setUp(recordOf(), { grant: { refresh } })
    const flight = start()
    expect(flight.isHolding()).toBe(false)
    await turn()
    expect([flight.isHolding(), (await stored())?.claim?.owner]).toEqual([true, 'flight-1:1'])
    answer({ accessToken: 'access-8' })
    await flight.done
    expect(flight.isHolding()).toBe(false)
  })

  test('whose listener fails rejects, ends, and leaves no rejection behind', async () => {
    const left: unknown[] = []
    const note = (reason: unknown) => left.push(reason)
    process.on('unhandledRejection', note)
    const changed = () => {
      throw new Error('the listener fails')
    }
    const { start } = await setUp(recordOf(), { changed })
    await start().done
    const { result } = start()
    await expect(result).rejects.toThrow('the listener fails')
    await turn()
    process.off('unhandledRejection', note)
    expect(left).toEqual([])
  })
})

describe('while another flight has the lease', () => {
  test('a flight for which nobody waits ends at once', async () => {
    const flight = (await setUp(leased())).start()
    expect(await flight.result).toEqual({ type: 'timeout' })
    await flight.done
  })

  test('a flight ends when the last caller leaves', async () => {
    const { start } = await setUp(leased())
    const flight = start()
    const leave = [flight.join(), flight.join()]
    await turn()
    leave[0]?.()
    await turn()
    expect(await soFar(flight.done)).toBe('nothing yet')
    leave[1]?.()
    expect(await flight.result).toEqual({ type: 'timeout' })
    await flight.done
  })

  test.each([
    ['as long as a holder that is alive may be silent', 10_000, 7_500],
    ['until the lease may be taken over', 5_000, 6_000],
  ])('a flight waits at the store, for a change of the version that it has read, %s', async (_, leftMs, waitMs) => {
    const waits: unknown[] = []
    const { inner, clock } = await setUp(undefined)
    const store: TokenStore = {
      ...inner,
      waitForChange: (key, version, { timeoutMs, signal }) => {
        waits.push([key, version, timeoutMs, signal?.aborted])
        return new Promise(() => {})
      },
    }
    await inner.compareAndSet(KEY, undefined, serializeRecord(leased(leftMs)))
    const { start } = await setUp(undefined, { store, clock })
    start().join()
    await turn()
    expect(waits).toEqual([[KEY, '1', waitMs, false]])
  })

  test('a flight waits on, without a read, where the lease was only extended', async () => {
    const waits: unknown[] = []
    const reads: string[] = []
    const { inner, clock, time } = await setUp(leased())
    const store: TokenStore = {
      ...inner,
      get: (key) => {
        reads.push(key)
        return inner.get(key)
      },
      waitForChange: async (_, version, { timeoutMs }) => {
        waits.push([version, timeoutMs])
        time.passed += 5_000
        if (waits.length <= 3) return 'extended'
        await new Promise(() => {})
      },
    }
    const { start } = await setUp(undefined, { store, clock })
    const flight = start()
    flight.join()
    await turn()
    expect(waits).toEqual(Array.from({ length: 4 }, () => ['1', 7_500]))
    expect(reads).toEqual([KEY])
    // Whoever waits for another is not silent.
    expect(flight.progressAt()).toBe(MONO + 15_000 + 7_500)
  })

  test.each<[string, (inner: TokenStore) => TokenStore]>([
    ['cannot wait', ({ get, compareAndSet }) => ({ specVersion: 'v1', get, compareAndSet })],
    ['fails to wait', (inner) => ({ ...inner, waitForChange: () => Promise.reject(new Error('closed')) })],
  ])('a store that %s is read again after a moment', async (_, change) => {
    const { inner, clock, sleeps } = await setUp(leased())
    const { start } = await setUp(undefined, { store: change(inner), clock })
    start().join()
    await turn()
    expect(sleeps.at(-1)?.ms).toBe(25)
  })

  test('a flight tells how long it has waited, once', async () => {
    const { start, changes, wake, inner } = await setUp(leased(15_000), {
      newest: () => recordOf({ generation: 5 }),
    })
    const flight = start()
    flight.join()
    await wake()
    await wake()
    const { version } = await inner.get(KEY)
    await inner.compareAndSet(KEY, version, serializeRecord(recordOf({ tokens: FRESH })))
    expect(await flight.result).toMatchObject({ type: 'tokens' })
    expect(changes.filter(({ type }) => type === 'waited')).toEqual([
      { type: 'waited', generation: 5, durationMs: 15_000 },
    ])
    expect(flight.seen()).toMatchObject({ lease: { id: `flight-9:1/1/${NOW + 15_000}` } })
  })

  test('a flight that knows no record has waited for generation 0', async () => {
    const { start, changes, wake } = await setUp(leased())
    const leave = start().join()
    await wake()
    leave()
    expect(changes.at(-1)).toEqual({ type: 'waited', generation: 0, durationMs: 7_500 })
  })

  test('a flight that met none tells of no wait', async () => {
    const { start, told } = await setUp(recordOf())
    await start().done
    expect(told()).not.toContain('waited')
  })

  test('a lease that a flight of this process left behind is taken', async () => {
    const asked: string[] = []
    const hasEnded = (lease: string) => asked.push(lease) > 0
    const { start } = await setUp(leased(), { hasEnded })
    expect(await start().result).toMatchObject({ type: 'tokens' })
    expect(asked).toContain('flight-9:1')
  })
})

describe('a flight in the background', () => {
  test('goes on without anybody who waits', async () => {
    const { start, sleeps, wake } = await setUp(leased(0), { goal: { soft: true } })
    const flight = start()
    await turn()
    expect(sleeps.at(-1)?.ms).toBe(1_000)
    await wake()
    expect(await flight.result).toMatchObject({ type: 'tokens' })
  })
})

describe('a rejected client', () => {
  const rejected = (change: object, writtenBy = 'process-9-1:1') =>
    recordOf({ writtenBy, rejection: { count: 1, until: NOW + 1, ...change } })
  const secret = 'cheese'
  const secrets = async () => secret
  const refresh = async () => ({ accessToken: 'access-8' })
  const outcomeOf = async (record: GrantRecord, change: Partial<FlightRuntime> = {}) => {
    const flight = (await setUp(record, change)).start()
    flight.join()
    return (await flight.result).type
  }

  test('of other secrets, or of another process that names none, may be asked', async () => {
    expect(await outcomeOf(rejected({}))).toBe('tokens')
    expect(await outcomeOf(rejected({ by: 'ffff' }))).toBe('tokens')
    expect(await outcomeOf(rejected({ salt: 'salt' }))).toBe('tokens')
    expect(await outcomeOf(rejected({ by: 'none', salt: 'salt' }), { grant: { refresh, secrets } })).toBe('tokens')
  })

  test('of this process, or of a key that names the secrets, is not asked', async () => {
    for (const part of [{}, { by: 'ffff' }, { salt: 'salt' }])
      expect(await outcomeOf(rejected(part, 'process-1-1:1'))).toBe('client_rejected')
    expect(await outcomeOf(rejected({}), { isKeyedBySecrets: true })).toBe('client_rejected')
  })

  test('of the same secrets is not asked', async () => {
    const calls: string[] = []
    const error = new GrantError({ kind: 'client_rejected', sent: true, oauthError: 'invalid_client' })
    const grantOf = (text: string) => ({
      refresh: (token: string) => Promise.reject(calls.push(token) > 0 && error),
      secrets: async () => text,
    })
    const { start, stored } = await setUp(recordOf(), { grant: grantOf(secret) })
    expect((await start().result).type).toBe('client_rejected')
    const record = { ...recordOf(), ...(await stored()), writtenBy: 'process-9-1:1' }
    expect(await outcomeOf(record, { grant: grantOf(secret) })).toBe('client_rejected')
    expect(calls).toHaveLength(1)
    await outcomeOf(record, { grant: grantOf('bread') })
    expect(calls).toHaveLength(2)
  })
})

describe('what is stored stays', () => {
  const retained = async (record: GrantRecord | undefined, change: Parameters<typeof setUp>[1] = {}) => {
    const writes: (number | undefined)[] = []
    const { inner, clock } = await setUp(record)
    const store: TokenStore = {
      ...inner,
      compareAndSet(key, expected, value, options) {
        writes.push(options?.retainMs)
        return inner.compareAndSet(key, expected, value, options)
      },
    }
    await (await setUp(undefined, { store, clock, ...change })).start().done
    return writes
  }
  const acquiring = { canAcquire: true, isKeyedBySecrets: true, grant: { acquire: async () => ({ accessToken: 'a' }) } }
  const DAY = 24 * 3_600_000

  test('for ever, where a person has signed in', async () => {
    expect(await retained(recordOf())).toEqual([undefined, undefined])
  })

  test('for 90 days of rest under secrets, and a day where they came to no tokens', async () => {
    expect(await retained(undefined, acquiring)).toEqual([DAY, 90 * DAY])
    expect(await retained(recordOf(), { isKeyedBySecrets: true })).toEqual([90 * DAY, 90 * DAY])
  })
})

test('a store that is silent counts as down since the call began', async () => {
  const { time, inner, clock } = await setUp(undefined)
  const get: TokenStore['get'] = async () => {
    time.passed += 3_900
    throw new Error('refused')
  }
  const { start, changes } = await setUp(undefined, { store: { ...inner, get }, clock })
  const flight = start()
  flight.join()
  expect(await flight.result).toEqual({ type: 'store_unavailable', reason: undefined, isDown: true })
  expect(changes).toEqual([{ type: 'degraded', reason: undefined }])
})

async function soFar<T>(promise: Promise<T>): Promise<T | 'nothing yet'> {
  let outcome: T | 'nothing yet' = 'nothing yet'
  void promise.then((value) => (outcome = value))
  await turn()
  return outcome
}

test('the machine’s clock does as well', async () => {
  const clock = systemClock
  const { start } = await setUp(undefined, {
    clock,
    store: memoryStore({ clock }),
    canAcquire: true,
    grant: { acquire: async () => ({ accessToken: 'a' }) },
  })
  expect(await start().result).toMatchObject({ type: 'tokens' })
})
