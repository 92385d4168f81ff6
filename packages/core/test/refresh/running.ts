import { type ChangeEffect, type FlightRuntime, type Goal, runFlight } from '../../src/refresh/run.ts'
import { memoryStore, type TokenStore } from '../../src/store.ts'
import type { Clock } from '../../src/time.ts'
import { type GrantRecord, serializeRecord } from '../../src/tokens/record.ts'
import { GOAL, KEY, MONO, NOW, POLICY } from './flight.ts'

/** One flight at a store that holds this record; sleeps end when the test says so. */
export async function setUp(
  record: GrantRecord | undefined,
  change: Partial<FlightRuntime> & { goal?: Partial<Goal>; canAcquire?: boolean; store?: TokenStore } = {},
) {
  const time = { passed: 0 }
  const sleeps: { readonly ms: number; readonly signal: AbortSignal | undefined; readonly wake: () => void }[] = []
  const clock: Clock = {
    now: () => NOW + time.passed,
    monotonic: () => MONO + time.passed,
    random: () => 0.5,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleeps.push({ ms, signal, wake: resolve })
        signal?.addEventListener('abort', () => resolve())
      }),
  }
  const inner = memoryStore({ clock })
  if (record) await inner.compareAndSet(KEY, undefined, serializeRecord(record))
  const changes: ChangeEffect[] = []
  const { goal, canAcquire = false, ...more } = change
  const runtime: FlightRuntime = {
    store: inner,
    clock,
    account: 'default',
    fetch,
    grant: { refresh: async () => ({ accessToken: 'access-8', refreshToken: 'refresh-8', expiresIn: 60 }) },
    processId: 'process-1',
    hasEnded: (lease) => lease.startsWith('of an ended flight'),
    newest: () => undefined,
    changed: (effect) => void changes.push(effect),
    ...more,
  }
  const start = () => runFlight('flight-1', { ...GOAL, ...goal }, { ...POLICY, canAcquire }, runtime)
  /** The newest sleep ends, its time over. */
  const wake = async () => {
    await turn()
    const sleep = sleeps.at(-1)
    time.passed += sleep?.ms ?? 0
    sleep?.wake()
    await turn()
  }
  const stored = async () => JSON.parse((await inner.get(KEY)).value ?? 'null') as GrantRecord | null
  return { clock, inner, start, changes, sleeps, time, wake, stored, told: () => changes.map(({ type }) => type) }
}

export const turn = () => new Promise((resolve) => setImmediate(resolve))
