import type { TokenStore } from '@valetkey/core'
import { assert, assertText, turn } from './assert.ts'
import { type Connections, overwrite, readPresent, type StoreCase, write } from './subject.ts'

const KEY = 'store-contract/versions'
const DAY_MS = 24 * 60 * 60_000
const ROUNDS = 5

export const VERSION_CASES: readonly StoreCase[] = [
  { name: 'writing the same value again gives a new version, and the old one no longer counts', run: sameValue },
  { name: 'a version never comes back while a key is removed and created again', run: removalsAndCreations },
  { name: 'a version never comes back when a store drops a tombstone whose time is over', run: droppedTombstones },
  { name: 'a tombstone is kept and read like any record', run: tombstone },
  { name: 'the time limit of a tombstone ends with the next write', run: liftedLimit },
]

async function sameValue({ store, other }: Connections): Promise<void> {
  const first = await write(store, KEY, undefined, 'same')
  const second = await write(other, KEY, first, 'same')
  assert(first !== second, 'compareAndSet(): every write must give a version of its own, also for the same value')
  const late = await store.compareAndSet(KEY, first, 'late')
  assert(!late.ok, 'compareAndSet(): a version must not count again because the value is the same again')
}

async function removalsAndCreations({ store, other }: Connections): Promise<void> {
  const versions: string[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    versions.push(await write(store, KEY, versions.at(-1), 'alive'))
    versions.push(await write(other, KEY, versions.at(-1), 'removed', { retainMs: DAY_MS }))
  }
  assertDistinct(versions)
}

async function droppedTombstones({ store, other }: Connections): Promise<void> {
  const versions: string[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    versions.push(await overwrite(store, KEY, () => 'alive'))
    versions.push(await write(other, KEY, versions.at(-1), 'removed', { retainMs: 1 }))
    await turn()
  }
  assertDistinct(versions)
}

function assertDistinct(versions: readonly string[]): void {
  const isDistinct = new Set(versions).size === versions.length
  assert(isDistinct, 'compareAndSet(): a version must never repeat for a key, not even after its removal')
}

async function tombstone({ store, other }: Connections): Promise<void> {
  const alive = await write(store, KEY, undefined, 'alive')
  const version = await write(store, KEY, alive, 'removed', { retainMs: DAY_MS })
  for (const connection of [store, other]) {
    const read = await readPresent(connection, KEY, 'until its "retainMs" is over')
    assertText(read.value, 'removed', 'the value of a tombstone')
    assertText(read.version, version, 'the version of a tombstone')
    const late = await connection.compareAndSet(KEY, alive, 'brought back')
    assert(!late.ok, 'compareAndSet(): a write that expects the version before the removal must lose')
    const creation = await connection.compareAndSet(KEY, undefined, 'created')
    assert(!creation.ok, 'compareAndSet(): a key with a tombstone is not absent')
  }
}

const SHORT_MS = 100

async function liftedLimit({ store, other }: Connections): Promise<void> {
  await write(store, KEY, undefined, 'removed', { retainMs: SHORT_MS })
  await overwrite(store, KEY, () => 'signed in again')
  await outlive(other, SHORT_MS)
  const read = await readPresent(other, KEY, 'when it was written again without "retainMs"')
  assertText(read.value, 'signed in again', 'the value after the limit of the tombstone before it')
}

/** By the store's clock, or by this machine's if that of the store stands still in a test. */
async function outlive(store: TokenStore, ms: number): Promise<void> {
  const giveUpAt = performance.now() + 2 * ms
  const { now: start } = await store.get(KEY)
  let now = start
  while (now <= start + ms && performance.now() < giveUpAt) {
    await turn()
    now = (await store.get(KEY)).now
  }
}
