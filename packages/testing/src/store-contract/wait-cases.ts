import { assert, assertSettles, turn } from './assert.ts'
import { type Connections, type StoreCase, write } from './subject.ts'

const KEY = 'store-contract/waits'
const ROUNDS = 5
/** Never reached: a wait that only ends after this time counts as stuck. */
const LONG_MS = 10 * 60_000
const DAY_MS = 24 * 60 * 60_000
const ODD_KEYS = ['two words', 'line\nend', '*', 'a:b', "it's", '漢字 🔑', 'x'.repeat(600), '漢'.repeat(600)]

export const WAIT_CASES: readonly StoreCase[] = [
  { name: 'a wait ends when another connection changes the key', needs: ['waitForChange'], run: changes },
  { name: 'a wait ends when another connection creates the key', needs: ['waitForChange'], run: creation },
  { name: 'a wait ends when the same store changes the key', needs: ['waitForChange'], run: ownChange },
  { name: 'a wait ends when the same value is written again', needs: ['waitForChange'], run: sameValue },
  { name: 'a wait ends when the key gets a tombstone', needs: ['waitForChange'], run: removal },
  {
    name: 'a wait ends at once when the version is another one already',
    needs: ['waitForChange'],
    run: alreadyChanged,
  },
  { name: 'a wait does not end when another key changes', needs: ['waitForChange'], run: otherKeys },
  { name: 'waits for odd keys end with their changes', needs: ['waitForChange'], run: oddKeys },
  { name: 'many waits for one key end together', needs: ['waitForChange'], run: manyWaits },
  {
    name: 'a wait after an extended lease ends at the next change',
    needs: ['waitForChange'],
    run: extension,
  },
]

async function changes({ store, other, wait }: Connections): Promise<void> {
  let version = await write(store, KEY, undefined, 'first')
  for (let round = 0; round < ROUNDS; round += 1) {
    const waiting = wait(KEY, version, { timeoutMs: LONG_MS })
    // Odd rounds give the wait time to begin, even rounds do not: it must not miss a change between its check and its watch.
    if (round % 2) await store.get(KEY)
    version = await write(other, KEY, version, `value ${round}`)
    await assertSettles(waiting, 'waitForChange(): must resolve when another connection changes the key')
  }
}

async function creation({ other, wait }: Connections): Promise<void> {
  const waiting = wait(KEY, undefined, { timeoutMs: LONG_MS })
  await write(other, KEY, undefined, 'first')
  await assertSettles(waiting, 'waitForChange(): must resolve when an absent key is created')
}

async function alreadyChanged({ store, other, wait }: Connections): Promise<void> {
  const first = await write(store, KEY, undefined, 'first')
  await write(other, KEY, first, 'second')
  for (const version of [first, undefined]) {
    const waiting = wait(KEY, version, { timeoutMs: LONG_MS })
    await assertSettles(waiting, 'waitForChange(): must resolve at once when the stored version is another one')
  }
}

async function ownChange({ store, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const waiting = wait(KEY, version, { timeoutMs: LONG_MS })
  await store.get(KEY)
  await write(store, KEY, version, 'second')
  await assertSettles(waiting, 'waitForChange(): must resolve when the same store changes the key')
}

async function sameValue({ store, other, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'same')
  const waiting = wait(KEY, version, { timeoutMs: LONG_MS })
  await store.get(KEY)
  await write(other, KEY, version, 'same')
  await assertSettles(waiting, 'waitForChange(): must resolve when the version changes and the value does not')
}

async function removal({ store, other, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'alive')
  const waiting = wait(KEY, version, { timeoutMs: LONG_MS })
  await store.get(KEY)
  await write(other, KEY, version, 'removed', { retainMs: DAY_MS })
  await assertSettles(waiting, 'waitForChange(): must resolve when the key gets a tombstone')
}

async function otherKeys({ store, other, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const controller = new AbortController()
  let hasEnded = false
  const waiting = wait(KEY, version, { timeoutMs: LONG_MS, signal: controller.signal }).then(() => {
    hasEnded = true
  })
  await store.get(KEY)
  for (const key of [`${KEY}/another`, KEY.slice(0, -1), KEY.toUpperCase()]) await write(other, key, undefined, 'other')
  await store.get(KEY)
  await turn()
  const isEarly = hasEnded
  controller.abort()
  await assertSettles(waiting, 'waitForChange(): must resolve when its signal aborts')
  assert(!isEarly, 'waitForChange(): resolved when another key was changed')
}

async function oddKeys({ store, other, wait }: Connections): Promise<void> {
  const waits = ODD_KEYS.map((key) => wait(key, undefined, { timeoutMs: LONG_MS }))
  await store.get(KEY)
  await Promise.all(ODD_KEYS.map((key) => write(other, key, undefined, 'first')))
  await assertSettles(Promise.all(waits), 'waitForChange(): must resolve at a change of a key with odd characters')
}

/** After `'extended'` the caller waits again with the version it has; otherwise with the new version. */
async function extension({ store, other, wait }: Connections): Promise<void> {
  const leased = await write(other, KEY, undefined, 'leased')
  let version = leased
  let known = leased
  for (let round = 0; round < ROUNDS; round += 1) {
    const waiting = wait(KEY, known, { timeoutMs: LONG_MS })
    await store.get(KEY)
    version = await write(other, KEY, version, `leased ${round}`, { isExtension: true })
    const told = await assertSettles(waiting, 'waitForChange(): must resolve at a write with "isExtension"')
    if (told !== 'extended') known = version
  }
  const waiting = wait(KEY, known, { timeoutMs: LONG_MS })
  await store.get(KEY)
  await write(other, KEY, version, 'changed')
  const told = await assertSettles(
    waiting,
    'waitForChange(): must resolve at the change after a write with "isExtension"',
  )
  assert(told !== 'extended', 'waitForChange(): "extended" is for writes with "isExtension" only')
}

async function manyWaits({ store, other, wait }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const waits = Array.from({ length: 20 }, () => wait(KEY, version, { timeoutMs: LONG_MS }))
  const elsewhere = write(other, `${KEY}/another key`, undefined, 'other')
  await elsewhere
  await write(other, KEY, version, 'second')
  await assertSettles(Promise.all(waits), 'waitForChange(): must resolve for everyone who waits')
}
