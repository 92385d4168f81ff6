import type { CasResult, TokenStore } from '@valetkey/core'
import { assert, assertText } from './assert.ts'
import { type Connections, overwrite, readPresent, type StoreCase, write } from './subject.ts'

const KEY = 'store-contract/compare-and-set'
const RACERS = 10
const COUNTERS = 8
const COUNTS_EACH = 5

export const COMPARE_AND_SET_CASES: readonly StoreCase[] = [
  { name: 'a key is created once', run: createOnce },
  { name: 'a write that lost changes nothing', run: lostWrites },
  { name: 'an empty expected version does not mean an absent key', run: emptyExpected },
  { name: 'a version that only resembles the stored one does not count', run: similarVersions },
  { name: 'of ten creations at the same time one wins', run: (connections) => race(connections, undefined) },
  { name: 'of ten writes at the same time one wins', run: raceOverExisting },
  { name: 'a counter kept by many loops over two connections loses no count', run: counter },
  { name: 'writes of different keys at the same time are all kept', run: neighbours },
]

async function createOnce({ store, other }: Connections): Promise<void> {
  await write(store, KEY, undefined, 'first')
  await assertLost(store, undefined, 'a second creation')
  await assertLost(other, undefined, 'a second creation over another connection')
  assertText((await readPresent(store, KEY, 'after its creation')).value, 'first', 'the value after a lost creation')
}

async function lostWrites({ store, other }: Connections): Promise<void> {
  await assertLost(store, 'no-such-version', 'a write that expects a version of an absent key')
  const { version: none } = await store.get(KEY)
  assert(none === undefined, 'a lost write must not create the key')
  const first = await write(store, KEY, undefined, 'first')
  const second = await write(store, KEY, first, 'second')
  for (const connection of [store, other]) {
    await assertLost(connection, first, 'a write that expects the version before the last')
    await assertLost(connection, undefined, 'a creation of a key that is there')
    await assertLost(connection, `${second}0`, 'a write that expects a version that never was')
  }
  const read = await readPresent(store, KEY, 'after lost writes')
  assertText(read.version, second, 'the version after lost writes')
  assertText(read.value, 'second', 'the value after lost writes')
}

async function emptyExpected({ store }: Connections): Promise<void> {
  await assertLost(store, '', 'a write that expects the version ""')
  const { version } = await store.get(KEY)
  assert(version === undefined, 'a lost write must not create the key')
}

async function similarVersions({ store }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'first')
  const similar = [`0${version}`, ` ${version}`, `${version} `, `${version}.0`, version.slice(1), version.slice(0, -1)]
  for (const expected of [...similar, version.toUpperCase(), version.toLowerCase(), `${version}%`]) {
    if (expected !== version) await assertLost(store, expected, `a write that expects ${expected} and not ${version}`)
  }
  assertText((await readPresent(store, KEY, 'after lost writes')).value, 'first', 'the value after lost writes')
}

async function raceOverExisting(connections: Connections): Promise<void> {
  await race(connections, await write(connections.store, KEY, undefined, 'before the race'))
}

async function race({ store, other }: Connections, expected: string | undefined): Promise<void> {
  const entries = Array.from({ length: RACERS }, (_, index) => ({
    value: `racer ${index}`,
    by: index % 2 ? other : store,
  }))
  const results = await Promise.all(
    entries.map(async ({ value, by }) => ({ value, result: await by.compareAndSet(KEY, expected, value) })),
  )
  const winners = results.flatMap(({ value, result }) => (result.ok ? [{ value, version: result.version }] : []))
  assert(
    winners.length === 1,
    `of ${RACERS} writes that expect one version exactly one must win, not ${winners.length}`,
  )
  for (const connection of [store, other]) {
    const read = await readPresent(connection, KEY, 'after the race')
    assertText(read.value, winners[0]?.value, 'the value after the race must be the one that the winner wrote')
    assertText(read.version, winners[0]?.version, 'the version after the race must be the one that the winner got')
  }
}

async function counter({ store, other }: Connections): Promise<void> {
  const loops = Array.from({ length: COUNTERS }, (_, index) => count(index % 2 ? other : store))
  await Promise.all(loops)
  const { value } = await readPresent(store, KEY, 'after counting')
  assertText(value, String(COUNTERS * COUNTS_EACH), 'the counter equals the number of writes that won')
}

async function count(store: TokenStore): Promise<void> {
  for (let round = 0; round < COUNTS_EACH; round += 1) {
    await overwrite(store, KEY, (value) => String(Number(value ?? 0) + 1))
  }
}

async function neighbours({ store, other }: Connections): Promise<void> {
  const keys = Array.from({ length: RACERS }, (_, index) => `${KEY}/${index}`)
  const by = (index: number) => (index % 2 ? other : store)
  const versions = await Promise.all(keys.map((key, index) => write(by(index), key, undefined, `first ${key}`)))
  await Promise.all(keys.map((key, index) => write(by(index), key, versions[index], `second ${key}`)))
  for (const key of keys) {
    const { value } = await readPresent(store, key, 'when others were written at the same time')
    assertText(value, `second ${key}`, 'the value of a key that was written together with others')
  }
}

async function assertLost(store: TokenStore, expected: string | undefined, what: string): Promise<void> {
  const result: CasResult = await store.compareAndSet(KEY, expected, 'must not be stored')
  assert(result.ok === false, `compareAndSet(): ${what} must lose with { ok: false }`)
}
