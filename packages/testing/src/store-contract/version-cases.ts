import { assert } from './assert.ts'
import { type Connections, outlive, overwrite, type StoreCase, write } from './subject.ts'

const KEY = 'store-contract/versions'
const DAY_MS = 24 * 60 * 60_000
const ROUNDS = 5

export const VERSION_CASES: readonly StoreCase[] = [
  { name: 'writing the same value again gives a new version, and the old one no longer counts', run: sameValue },
  { name: 'a version never recurs while a key is removed and created again', run: removalsAndCreations },
  { name: 'a version never recurs when a store drops an expired tombstone', run: droppedTombstones },
]

async function sameValue({ store, other }: Connections): Promise<void> {
  const first = await write(store, KEY, undefined, 'same')
  const second = await write(other, KEY, first, 'same')
  assert(first !== second, 'compareAndSet(): every write must return a new version, also for the same value')
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

async function droppedTombstones(connections: Connections): Promise<void> {
  const { store, other } = connections
  const versions: string[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    versions.push(await overwrite(store, KEY, () => 'alive'))
    versions.push(await write(other, KEY, versions.at(-1), 'removed', { retainMs: 1 }))
    await outlive(connections, 1)
  }
  assertDistinct(versions)
}

function assertDistinct(versions: readonly string[]): void {
  const isDistinct = new Set(versions).size === versions.length
  assert(isDistinct, 'compareAndSet(): a version must never repeat for a key, not even after its removal')
}
