import { getEventListeners } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { IN_PROCESS, memoryStore } from '../src/store.ts'
import { type Clock, systemClock } from '../src/time.ts'

/** A clock that stands at `time.now`, and whose sleeps end when the test says so. */
function setUp() {
  const time = { now: 1_000 }
  const sleeps: { readonly ms: number; readonly signal: AbortSignal | undefined; readonly wake: () => void }[] = []
  const clock: Clock = {
    ...systemClock,
    now: () => time.now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        sleeps.push({ ms, signal, wake: resolve })
        signal?.addEventListener('abort', () => resolve())
      }),
  }
  const store = memoryStore({ clock })
  const wait = (key: string, version?: string, signal?: AbortSignal) =>
    store.waitForChange?.(key, version, { timeoutMs: 500, signal }) ?? Promise.reject(new Error('it has the method'))
  return { time, sleeps, store, wait, keys: () => Array.fromAsync(store.list?.() ?? []) }
}

/** Whether a promise has settled so far. */
const hasEnded = async (promise: Promise<unknown>) => {
  const ended = vi.fn<() => void>()
  void promise.then(ended)
  await new Promise(setImmediate)
  return ended.mock.calls.length === 1
}

test('is marked as one whose texts never leave the process', () => {
  expect(memoryStore()).toMatchObject({ specVersion: 'v1', [IN_PROCESS]: true })
})

test('an absent key has the time alone, a present one its version and text', async () => {
  const { store, time } = setUp()
  expect(await store.get('k')).toStrictEqual({ now: 1_000 })
  expect(await store.compareAndSet('k', undefined, 'one')).toEqual({ ok: true, version: '1' })
  time.now = 2_000
  expect(await store.get('k')).toEqual({ now: 2_000, version: '1', value: 'one' })
  expect(await store.get('other')).toStrictEqual({ now: 2_000 })
})

test('a write that expects another version changes nothing', async () => {
  const { store } = setUp()
  expect(await store.compareAndSet('k', '7', 'one')).toEqual({ ok: false })
  await store.compareAndSet('k', undefined, 'one')
  expect(await store.compareAndSet('k', undefined, 'two')).toEqual({ ok: false })
  expect(await store.compareAndSet('k', '1', 'two')).toEqual({ ok: true, version: '2' })
  expect(await store.compareAndSet('k', '1', 'three')).toEqual({ ok: false })
  expect(await store.get('k')).toMatchObject({ version: '2', value: 'two' })
})

test('a key is there for as long as it was to be kept, and its versions never come back', async () => {
  const { store, time, keys } = setUp()
  await store.compareAndSet('short', undefined, 'one', { retainMs: 10 })
  await store.compareAndSet('long', undefined, 'one')
  time.now += 9
  expect([await store.get('short'), await keys()]).toMatchObject([{ version: '1' }, ['short', 'long']])
  time.now += 1
  expect([await store.get('short'), await keys()]).toEqual([{ now: 1_010 }, ['long']])
  expect(await store.compareAndSet('short', '1', 'two')).toEqual({ ok: false })
  expect(await store.compareAndSet('short', undefined, 'two', {})).toEqual({ ok: true, version: '3' })
  time.now += 1e12
  expect(await keys()).toEqual(['short', 'long'])
})

test('many keys that end at different times end each at its own', async () => {
  const { store, time, keys } = setUp()
  for (let index = 0; index < 20; index += 1)
    await store.compareAndSet(`k${index}`, undefined, '', { retainMs: index + 1 })
  time.now += 15
  await store.compareAndSet('k0', undefined, '', { retainMs: 100 })
  expect((await keys()).toSorted()).toEqual(['k0', 'k15', 'k16', 'k17', 'k18', 'k19'])
})

test('what has ended is forgotten, at a cost that does not grow with what is kept', async () => {
  const looks = { count: 0 }
  const time = { now: 0 }
  const now = () => {
    looks.count += 1
    return time.now
  }
  const store = memoryStore({ clock: { ...systemClock, now } })
  const looksOf = async (work: () => Promise<unknown>) => {
    const before = looks.count
    await work()
    return looks.count - before
  }
  const write = async (name: string) => {
    for (let index = 0; index < 500; index += 1)
      await store.compareAndSet(`${name}${index}`, undefined, '', { retainMs: 10 })
  }
  const list = () => Array.fromAsync(store.list?.() ?? [])
  expect(await looksOf(() => write('early'))).toBeLessThan(500 * 5)
  expect(await looksOf(list)).toBe(500)
  time.now += 10
  expect(await looksOf(() => write('late'))).toBeLessThan(500 * 5)
  expect(await looksOf(list)).toBe(500)
})

test('who waits for a change of a key is woken by a write to it, and by no other', async () => {
  const { store, wait, sleeps } = setUp()
  const [first, second, other] = [wait('k'), wait('k'), wait('other')]
  expect(sleeps.map(({ ms }) => ms)).toEqual([500, 500, 500])
  await store.compareAndSet('k', '7', 'is lost')
  expect(await hasEnded(first)).toBe(false)
  await store.compareAndSet('k', undefined, 'one')
  expect([await hasEnded(first), await hasEnded(second), await hasEnded(other)]).toEqual([true, true, false])
  const third = wait('k', '1')
  expect(await hasEnded(third)).toBe(false)
  await store.compareAndSet('k', '1', 'two')
  await third
})

test('a wait ends at once for another version, or for a signal that has aborted', async () => {
  const { store, wait, sleeps } = setUp()
  await store.compareAndSet('k', undefined, 'one')
  await wait('k')
  await wait('k', '7')
  await wait('k', '1', AbortSignal.abort())
  expect(sleeps).toEqual([])
})

test('a wait ends after its time, and others for the same key go on', async () => {
  const { store, wait, sleeps } = setUp()
  const [first, second] = [wait('k'), wait('k')]
  sleeps[0]?.wake()
  await first
  expect(await hasEnded(second)).toBe(false)
  await store.compareAndSet('k', undefined, 'one')
  await second
  expect([sleeps[0]?.signal?.aborted, sleeps[1]?.signal?.aborted]).toEqual([false, true])
})

test('a wait ends when its signal aborts, and leaves nothing on it', async () => {
  const { store, wait } = setUp()
  const leaving = new AbortController()
  const [left, stayed] = [wait('k', undefined, leaving.signal), wait('k')]
  leaving.abort()
  await left
  expect(await hasEnded(stayed)).toBe(false)
  const { signal } = new AbortController()
  const woken = wait('k', undefined, signal)
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await store.compareAndSet('k', undefined, 'one')
  await woken
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})

test('by the machine’s clock a wait keeps no process alive', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout')
  onTestFinished(() => timers.mockRestore())
  const store = memoryStore()
  const waiting = store.waitForChange?.('k', undefined, { timeoutMs: 60_000 })
  expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([60_000])
  expect(timers.mock.results.map(({ value }) => value.hasRef())).toEqual([false])
  await store.compareAndSet('k', undefined, 'one')
  await waiting
  await store.waitForChange?.('k', '1', { timeoutMs: 60_000, signal: AbortSignal.abort() })
  expect(timers).toHaveBeenCalledTimes(1)
})
