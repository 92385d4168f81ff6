import type { TokenStore } from '@valetkey/core'
import { assert, assertSettles } from './assert.ts'
import { type Connections, outlive, overwrite, type StoreCase, write } from './subject.ts'
import { KEYS } from './text-cases.ts'

const KEY = 'store-contract/list'
const DAY_MS = 24 * 60 * 60_000
const SHORT_MS = 20
/** One more than the page of many databases. */
const MANY = 1_001
const AT_A_TIME = 50
const FEW = 5

export const LIST_CASES: readonly StoreCase[] = [
  { name: 'list() names exactly the keys that are there, odd ones too', needs: ['list'], run: oddKeys },
  { name: 'list() names all of 1,001 keys', needs: ['list', 'manyKeys'], run: manyKeys },
  { name: 'list() names a tombstone until it expires', needs: ['list'], run: tombstones },
  { name: 'list() leaves out an expired tombstone', needs: ['list'], run: endedTombstones },
  { name: 'list() names once what is there all the time while others write', needs: ['list'], run: duringWrites },
  { name: 'list() ends while its reader writes', needs: ['list'], run: readerWrites },
  { name: 'every list() starts from the beginning, also after one that ended early', needs: ['list'], run: leftEarly },
]

async function oddKeys({ store, other, list }: Connections): Promise<void> {
  assertListed(await list(store), [])
  await writeAll(store, KEYS)
  for (const connection of [store, other]) assertListed(await list(connection), KEYS)
}

async function manyKeys({ store, other, list }: Connections): Promise<void> {
  const keys = Array.from({ length: MANY }, (_, index) => `${KEY}/${index}`)
  await writeAll(store, keys)
  assertListed(await list(other), keys)
}

async function tombstones({ store, other, list }: Connections): Promise<void> {
  await write(store, KEY, undefined, 'removed', { retainMs: DAY_MS })
  assertListed(await list(other), [KEY])
}

async function endedTombstones(connections: Connections): Promise<void> {
  const { store, other, list } = connections
  await write(store, `${KEY}/alive`, undefined, 'alive')
  const version = await write(store, KEY, undefined, 'alive')
  await write(store, KEY, version, 'removed', { retainMs: SHORT_MS })
  await outlive(connections, SHORT_MS)
  for (const connection of [store, other]) assertListed(await list(connection), [`${KEY}/alive`])
}

async function duringWrites({ store, other, list }: Connections): Promise<void> {
  const keys = Array.from({ length: FEW }, (_, index) => `${KEY}/${index}`)
  await writeAll(store, keys)
  const writing = Promise.all(
    keys.map(async (key, index) => {
      await overwrite(other, key, () => 'second')
      await write(other, `${KEY}/new/${index}`, undefined, 'new')
      await overwrite(other, key, () => 'third')
    }),
  )
  const lists = await Promise.all([list(store), list(other), list(store)])
  await writing
  for (const listed of [...lists, await list(store)]) {
    assertOnce(listed)
    assertNone(
      keys.filter((key) => !listed.includes(key)),
      'leaves out a key that was there all the time',
    )
  }
}

/** A reader that writes one more key for each that it is given must not be given those for ever. */
async function readerWrites({ store }: Connections): Promise<void> {
  const keys = Array.from({ length: FEW }, (_, index) => `${KEY}/${index}`)
  await writeAll(store, keys)
  let seen = 0
  for await (const key of store.list?.() ?? []) {
    seen += 1
    assert(seen <= 3 * FEW, 'list(): goes on as long as its reader writes')
    await assertSettles(write(store, `${key}/${seen}`, undefined, 'new'), 'list(): must not hold up writes')
    await overwrite(store, key, () => 'second')
  }
  assert(seen >= FEW, 'list(): leaves out keys while its reader writes')
}

async function leftEarly({ store, list }: Connections): Promise<void> {
  const keys = Array.from({ length: FEW }, (_, index) => `${KEY}/${index}`)
  await writeAll(store, keys)
  for await (const key of store.list?.() ?? []) {
    assert(keys.includes(key), 'list(): names a key that was never written')
    break
  }
  const both = Promise.all([list(store), list(store)])
  for (const listed of await assertSettles(both, 'list(): must go on after one that was left early')) {
    assertListed(listed, keys)
  }
}

async function writeAll(store: TokenStore, keys: readonly string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += AT_A_TIME) {
    await Promise.all(keys.slice(from, from + AT_A_TIME).map((key) => write(store, key, undefined, 'value')))
  }
}

function assertListed(listed: readonly string[], keys: readonly string[]): void {
  const there = new Set(keys)
  const named = new Set(listed)
  assertNone(
    keys.filter((key) => !named.has(key)),
    'leaves out',
  )
  assertOnce(listed)
  assertNone(
    listed.filter((key) => !there.has(key)),
    'names a key that is not there:',
  )
}

function assertOnce(listed: readonly string[]): void {
  assert(new Set(listed).size === listed.length, 'list(): names a key twice')
}

function assertNone(keys: readonly string[], what: string): void {
  assert(keys.length === 0, `list(): ${what} ${JSON.stringify(keys[0]?.slice(0, 40))} (${keys.length} such keys)`)
}
