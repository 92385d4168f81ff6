import type { TokenStore } from '@valetkey/core'
import { assert, assertText } from './assert.ts'
import { assertAbsent, type Connections, outlive, overwrite, readPresent, type StoreCase, write } from './subject.ts'

const KEY = 'store-contract/time limits'
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const YEAR_MS = 365 * DAY_MS
/** Passes in real time where the store's cannot be moved. */
const SHORT_MS = 20

/** A limit that a test outlives: one that does not end while it runs, where the clock can be moved. */
const limitMs = ({ advance }: Connections): number => (advance ? MINUTE_MS : SHORT_MS)

export const RETENTION_CASES: readonly StoreCase[] = [
  { name: 'a record without a time limit is kept for years', needs: ['advance'], run: keptForYears },
  { name: 'a tombstone is read like any record', run: tombstone },
  { name: 'a tombstone is kept until it expires', needs: ['advance'], run: keptTombstone },
  { name: 'a tombstone counts as absent after it expires', run: endedTombstone },
  { name: 'the version of an expired tombstone does not match any more', run: endedVersion },
  { name: 'the time limit of a tombstone ends with the next write', run: liftedLimit },
  { name: 'a longer time limit replaces a shorter one', run: longerLimit },
  { name: 'a shorter time limit replaces a longer one', run: shorterLimit },
  { name: 'a write that lost sets no time limit', run: lostLimit },
  { name: '"retainMs" 0 expires immediately', run: noTime },
  { name: '"retainMs" may be a fraction', run: fraction },
  { name: '"retainMs" undefined sets no time limit', run: undefinedLimit },
]

async function keptForYears({ store, other, advance }: Connections): Promise<void> {
  const version = await write(store, KEY, undefined, 'alive')
  await write(other, `${KEY}/overwritten`, await write(store, `${KEY}/overwritten`, undefined, 'first'), 'alive')
  for (const ms of [11_000, HOUR_MS, DAY_MS, 31 * DAY_MS, 3 * YEAR_MS]) {
    await advance?.(ms)
    const read = await readPresent(other, KEY, `${ms} ms later: it was written without "retainMs"`)
    assertText(read.version, version, 'the version of a record that was not written since')
    assertText(read.value, 'alive', 'the value of a record that was not written since')
    await readPresent(store, `${KEY}/overwritten`, `${ms} ms later: it was written without "retainMs"`)
  }
}

async function tombstone({ store, other }: Connections): Promise<void> {
  const alive = await write(store, KEY, undefined, 'alive')
  const version = await write(store, KEY, alive, 'removed', { retainMs: DAY_MS })
  for (const connection of [store, other]) {
    await assertTombstone(connection, version)
    const late = await connection.compareAndSet(KEY, alive, 'brought back')
    assert(!late.ok, 'compareAndSet(): a write that expects the version before the removal must lose')
    const creation = await connection.compareAndSet(KEY, undefined, 'created')
    assert(!creation.ok, 'compareAndSet(): a key with a tombstone is not absent')
  }
}

async function keptTombstone({ store, other, advance }: Connections): Promise<void> {
  const alive = await write(store, KEY, undefined, 'alive')
  const version = await write(store, KEY, alive, 'removed', { retainMs: DAY_MS })
  for (const ms of [11_000, HOUR_MS, DAY_MS - 2 * HOUR_MS]) {
    await advance?.(ms)
    await assertTombstone(other, version)
    const creation = await other.compareAndSet(KEY, undefined, 'created')
    assert(!creation.ok, 'compareAndSet(): a key with a tombstone is not absent before its "retainMs" has passed')
  }
}

async function assertTombstone(store: TokenStore, version: string): Promise<void> {
  const read = await readPresent(store, KEY, 'until its "retainMs" has passed')
  assertText(read.value, 'removed', 'the value of a tombstone')
  assertText(read.version, version, 'the version of a tombstone')
}

async function endedTombstone(connections: Connections): Promise<void> {
  const { store, other, advance } = connections
  const retainMs = advance ? DAY_MS : SHORT_MS
  const alive = await write(store, KEY, undefined, 'alive')
  await write(store, KEY, alive, 'removed', { retainMs })
  await outlive(connections, retainMs)
  for (const connection of [store, other]) await assertAbsent(connection, KEY, `its ${retainMs} ms have passed`)
  await write(other, KEY, undefined, 'signed in again')
  assertText((await readPresent(store, KEY, 'after its creation')).value, 'signed in again', 'the value')
}

async function endedVersion(connections: Connections): Promise<void> {
  const { store, other } = connections
  const retainMs = limitMs(connections)
  const version = await write(store, KEY, undefined, 'removed', { retainMs })
  await outlive(connections, retainMs)
  for (const connection of [store, other]) {
    const late = await connection.compareAndSet(KEY, version, 'brought back')
    assert(!late.ok, 'compareAndSet(): a write that expects an expired tombstone must lose')
  }
}

async function liftedLimit(connections: Connections): Promise<void> {
  const { store, other } = connections
  const retainMs = limitMs(connections)
  await write(store, KEY, undefined, 'removed', { retainMs })
  await overwrite(store, KEY, () => 'signed in again')
  await outlive(connections, retainMs)
  const read = await readPresent(other, KEY, 'when it was written again without "retainMs"')
  assertText(read.value, 'signed in again', 'the value after the limit of the tombstone before it')
}

async function longerLimit(connections: Connections): Promise<void> {
  const { store, other } = connections
  const removed = await write(store, KEY, undefined, 'removed', { retainMs: HOUR_MS })
  await write(other, KEY, removed, 'removed again', { retainMs: DAY_MS })
  await outlive(connections, connections.advance ? HOUR_MS : SHORT_MS)
  await readPresent(other, KEY, 'until the "retainMs" of the last write has passed')
}

async function shorterLimit(connections: Connections): Promise<void> {
  const { store, other } = connections
  const retainMs = limitMs(connections)
  const removed = await write(store, KEY, undefined, 'removed', { retainMs: DAY_MS })
  await write(other, KEY, removed, 'removed again', { retainMs })
  await outlive(connections, retainMs)
  await assertAbsent(store, KEY, 'the "retainMs" of the last write has passed')
}

async function lostLimit(connections: Connections): Promise<void> {
  const { store, other } = connections
  const before = await write(store, KEY, undefined, 'first')
  await write(store, KEY, before, 'alive')
  for (const expected of [before, undefined]) {
    const lost = await other.compareAndSet(KEY, expected, 'removed', { retainMs: 1 })
    assert(!lost.ok, 'compareAndSet(): a write that expects another version must lose')
  }
  await outlive(connections, SHORT_MS)
  await readPresent(store, KEY, 'when a write with "retainMs" has lost')
}

async function noTime(connections: Connections): Promise<void> {
  const { store, other } = connections
  const alive = await write(store, KEY, undefined, 'alive')
  await write(store, KEY, alive, 'removed', { retainMs: 0 })
  await outlive(connections, 1)
  await assertAbsent(other, KEY, 'it was written with "retainMs": 0')
}

async function fraction(connections: Connections): Promise<void> {
  const { store, other } = connections
  await write(store, KEY, undefined, 'removed', { retainMs: 0.5 })
  await outlive(connections, 1)
  await assertAbsent(other, KEY, 'it was written with "retainMs": 0.5')
}

async function undefinedLimit(connections: Connections): Promise<void> {
  const { store, other } = connections
  const first = await write(store, KEY, undefined, 'first', { retainMs: undefined })
  await write(store, KEY, first, 'second', { retainMs: undefined })
  await outlive(connections, 1)
  assertText((await readPresent(other, KEY, 'with "retainMs": undefined')).value, 'second', 'the value')
}
