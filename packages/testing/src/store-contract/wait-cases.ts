import type { TokenStore } from '@valetkey/core'
import { assert, assertSettles } from './assert.ts'
import { type Connections, type StoreCase, write } from './subject.ts'

const KEY = 'store-contract/waits'
const ROUNDS = 5
/** Not reached: a wait that ends only with it counts as stuck. */
const LONG_MS = 10 * 60_000
const SHORT_MS = 100
/** A timer may fire this much before its time, by the clock it is measured with. */
const EARLY_MS = 10

type Wait = NonNullable<TokenStore['waitForChange']>

export const WAIT_CASES: readonly StoreCase[] = [
  { name: 'a wait ends when another connection changes the key', run: whereWaitable(changes) },
  { name: 'a wait ends when another connection creates the key', run: whereWaitable(creation) },
  { name: 'a wait ends at once when the version is another one already', run: whereWaitable(alreadyChanged) },
  { name: 'a wait ends with its timeout, not before', run: whereWaitable(timeout) },
  { name: 'a wait ends when it is aborted, also before it began, and does not reject', run: whereWaitable(aborted) },
  { name: 'many waits for one key end together', run: whereWaitable(manyWaits) },
]

interface Waitable extends Connections {
  readonly wait: Wait
}

/** `waitForChange` is optional. */
function whereWaitable(run: (connections: Waitable) => Promise<void>): StoreCase['run'] {
  return async ({ store, other }) => {
    const wait = store.waitForChange?.bind(store)
    if (wait) await run({ store, other, wait })
  }
}

async function changes({ store, other, wait }: Waitable): Promise<void> {
  let version = await write(store, KEY, undefined, 'first')
  for (let round = 0; round < ROUNDS; round += 1) {
    const waiting = wait(KEY, version, { timeoutMs: LONG_MS })
    // Odd rounds give the wait time to begin, even ones do not: a change must not fall between its look and its watch.
    if (round % 2) await store.get(KEY)
    version = await write(other, KEY, version, `value ${round}`)
    await assertSettles(waiting, 'waitForChange(): must resolve when another connection changes the key')
  }
}

async function creation({ other, wait }: Waitable): Promise<void> {
  const waiting = wait(KEY, undefined, { timeoutMs: LONG_MS })
  await write(other, KEY, undefined, 'first')
  await assertSettles(waiting, 'waitForChange(): must resolve when an absent key is created')
}

async function alreadyChanged({ store, other, wait }: Waitable): Promise<void> {
  const first = await write(store, KEY, undefined, 'first')
  await write(other, KEY, first, 'second')
  for (const version of [first, undefined]) {
    const waiting = wait(KEY, version, { timeoutMs: LONG_MS })
    await assertSettles(waiting, 'waitForChange(): must resolve at once when the stored version is another one')
  }
}

async function timeout({ store, wait }: Waitable): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const startedAt = performance.now()
  const waiting = wait(KEY, version, { timeoutMs: SHORT_MS })
  await assertSettles(waiting, 'waitForChange(): must resolve after its timeout')
  const passed = performance.now() - startedAt
  assert(
    passed >= SHORT_MS - EARLY_MS,
    `waitForChange(): resolved ${Math.round(passed)} ms after its start, without a change`,
  )
}

async function aborted({ store, wait }: Waitable): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const controller = new AbortController()
  const waits = [1, 2].map(() => wait(KEY, version, { timeoutMs: LONG_MS, signal: controller.signal }))
  await store.get(KEY)
  controller.abort(new Error('no longer interested'))
  waits.push(wait(KEY, version, { timeoutMs: LONG_MS, signal: controller.signal }))
  await assertSettles(Promise.all(waits), 'waitForChange(): must resolve when its signal aborts')
}

async function manyWaits({ store, other, wait }: Waitable): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const waits = Array.from({ length: 20 }, () => wait(KEY, version, { timeoutMs: LONG_MS }))
  const elsewhere = write(other, `${KEY}/another key`, undefined, 'other')
  await elsewhere
  await write(other, KEY, version, 'second')
  await assertSettles(Promise.all(waits), 'waitForChange(): must resolve for everyone who waits')
}
