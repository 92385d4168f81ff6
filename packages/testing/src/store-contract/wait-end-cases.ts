import { assert, assertSettles, turn } from './assert.ts'
import { type Connections, type StoreCase, write } from './subject.ts'
import { seenFor, type Trace, traceResources } from './trace.ts'

const KEY = 'store-contract/ends of waits'
/** Not reached: a wait that ends only with it counts as stuck. */
const LONG_MS = 10 * 60_000
const MONTH_MS = 31 * 24 * 60 * 60_000
const SHORT_MS = 20
const TURNS = 50

export const WAIT_END_CASES: readonly StoreCase[] = [
  { name: 'a wait ends with its timeout, not before', needs: ['waitForChange'], run: timeout },
  { name: 'a wait with a timeout of 0 ends at once', needs: ['waitForChange'], run: noTimeout },
  { name: 'a wait with a timeout of a month does not end at once', needs: ['waitForChange'], run: month },
  {
    name: 'a wait ends when it is aborted, also before it began, and does not reject',
    needs: ['waitForChange'],
    run: aborted,
  },
  {
    name: 'a wait ends when it is aborted in the turn in which it began',
    needs: ['waitForChange'],
    run: abortedAtOnce,
  },
  { name: 'a wait that is aborted ends no other wait for its key', needs: ['waitForChange'], run: otherWaits },
  { name: 'a wait that ended leaves no listener on its signal', needs: ['waitForChange'], run: noListeners },
  { name: 'a wait keeps no process alive', needs: ['waitForChange', 'trace'], run: noProcess },
  { name: 'a wait that ended leaves no timer and no watcher', needs: ['waitForChange', 'trace'], run: noRemains },
]

/** A timer may fire this much before its time, by the clock it is measured with. */
const EARLY_MS = 10
const MEASURED_MS = 100

async function timeout({ store, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const startedAt = performance.now()
  await assertSettles(wait(KEY, version, { timeoutMs: MEASURED_MS }), 'waitForChange(): must resolve after its timeout')
  const passed = Math.round(performance.now() - startedAt)
  const isEarly = passed < MEASURED_MS - EARLY_MS
  assert(!isEarly, `waitForChange(): resolved ${passed} ms after its start, without a change`)
}

async function noTimeout({ store, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  await assertSettles(wait(KEY, version, { timeoutMs: 0 }), 'waitForChange(): must resolve at once with "timeoutMs": 0')
}

/** Timers of JavaScript take 2 ** 31 ms and more for 1 ms. */
async function month({ store, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const controller = new AbortController()
  let hasEnded = false
  const waiting = wait(KEY, version, { timeoutMs: MONTH_MS, signal: controller.signal }).then(() => {
    hasEnded = true
  })
  const startedAt = performance.now()
  while (performance.now() < startedAt + SHORT_MS) await turn()
  const isEarly = hasEnded
  controller.abort()
  await assertSettles(waiting, 'waitForChange(): must resolve when its signal aborts')
  assert(!isEarly, 'waitForChange(): resolved at once, with a timeout of a month and without a change')
}

async function aborted({ store, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const controller = new AbortController()
  const waits = [1, 2].map(() => wait(KEY, version, { timeoutMs: LONG_MS, signal: controller.signal }))
  await store.get(KEY)
  controller.abort(new Error('no longer interested'))
  waits.push(wait(KEY, version, { timeoutMs: LONG_MS, signal: controller.signal }))
  await assertSettles(Promise.all(waits), 'waitForChange(): must resolve when its signal aborts')
}

/** A store that listens to the signal only after its first look misses this. */
async function abortedAtOnce({ store, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const controller = new AbortController()
  const waiting = wait(KEY, version, { timeoutMs: LONG_MS, signal: controller.signal })
  controller.abort()
  await assertSettles(waiting, 'waitForChange(): must resolve when its signal aborts while it begins')
}

async function otherWaits({ store, other, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const controller = new AbortController()
  const leaving = wait(KEY, version, { timeoutMs: LONG_MS, signal: controller.signal })
  let hasEnded = false
  const staying = wait(KEY, version, { timeoutMs: LONG_MS }).then(() => {
    hasEnded = true
  })
  await store.get(KEY)
  controller.abort()
  await assertSettles(leaving, 'waitForChange(): must resolve when its signal aborts')
  await store.get(KEY)
  await turn()
  assert(!hasEnded, 'waitForChange(): resolved because another wait was aborted')
  await write(other, KEY, version, 'second')
  await assertSettles(staying, 'waitForChange(): must resolve at a change after another wait was aborted')
}

async function noListeners({ store, other, wait }: Connections): Promise<void> {
  const { signal, count } = countedSignal()
  const first = await write(store, KEY, undefined, 'first')
  await assertSettles(wait(KEY, first, { timeoutMs: SHORT_MS, signal }), 'waitForChange(): must resolve in time')
  assert(count() === 0, 'waitForChange(): leaves a listener on its signal when it ends with its timeout')
  const waiting = wait(KEY, first, { timeoutMs: LONG_MS, signal })
  await write(other, KEY, first, 'second')
  await assertSettles(waiting, 'waitForChange(): must resolve when another connection changes the key')
  await assertSettles(wait(KEY, first, { timeoutMs: LONG_MS, signal }), 'waitForChange(): must resolve at once')
  assert(count() === 0, 'waitForChange(): leaves a listener on its signal when it ends with a change')
}

/** A signal that counts who listens to it. */
function countedSignal(): { readonly signal: AbortSignal; count(): number } {
  const { signal } = new AbortController()
  const listening = new Map<unknown, AbortSignal | undefined>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ) => {
    listening.set(listener, typeof options === 'object' ? options.signal : undefined)
    add(type, listener, options)
  }
  signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listening.delete(listener)
    remove(type, listener)
  }
  const isLeft = (until: AbortSignal | undefined) => until?.aborted !== true
  return { signal, count: () => [...listening.values()].filter(isLeft).length + (signal.onabort ? 1 : 0) }
}

async function noProcess(connections: Connections): Promise<void> {
  const { held } = await tracedWait(connections)
  assert(held.length === 0, `waitForChange(): must keep no process alive, as it does by ${held[0]}`)
}

async function noRemains(connections: Connections): Promise<void> {
  const { left } = await tracedWait(connections)
  assert(left.length === 0, `waitForChange(): leaves something behind when it has ended: ${left[0]}`)
}

/** What a wait holds in addition to a read: clients have their own timers. */
async function tracedWait(connections: Connections): Promise<{ readonly held: string[]; readonly left: string[] }> {
  const { store, wait } = connections
  const version = await write(store, KEY, undefined, 'first')
  // Connects what connects with the first wait.
  await wait(KEY, version, { timeoutMs: SHORT_MS })
  const read = traceResources(() => store.get(KEY).catch(() => {}))
  const ofReads = new Set([...(await seenFor(() => [...(read?.held() ?? []), ...(read?.left() ?? [])]))])
  read?.stop()

  const controller = new AbortController()
  let waiting: Promise<unknown> | undefined
  const traced = traceResources(() => {
    waiting = wait(KEY, version, { timeoutMs: LONG_MS, signal: controller.signal })
  })
  const held = [...(await seenFor(() => traced?.held() ?? []))].filter((name) => !ofReads.has(name))
  controller.abort()
  await assertSettles(waiting ?? Promise.resolve(), 'waitForChange(): must resolve when its signal aborts')
  const left = await remaining(traced, ofReads)
  traced?.stop()
  return { held, left }
}

async function remaining(trace: Trace | undefined, ofReads: ReadonlySet<string>): Promise<string[]> {
  for (let round = 1; ; round += 1) {
    const left = trace?.left().filter((name) => !ofReads.has(name)) ?? []
    if (left.length === 0 || round === TURNS) return left
    await turn()
  }
}
