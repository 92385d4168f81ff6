import type { TokenStore } from '@valetkey/core'
import { assert, assertText, turn } from './assert.ts'
import { type Connections, isPresent, readPresent, type StoreCase, write } from './subject.ts'

const KEY = 'store-contract/reads'
const ROUNDS = 10
const READERS = 4
const LONG = 64 * 1024
const EARLIEST = Date.UTC(2020, 0, 1)
const LATEST = Date.UTC(2200, 0, 1)
const CLOCK_STEP_MS = 1000
/** Clocks that are read in whole ms may round differently. */
const ROUNDING_MS = 1

export const READ_CASES: readonly StoreCase[] = [
  { name: 'the store keeps version 1 of the contract', run: specVersion },
  { name: 'an absent key has the time, no version and no value', run: absentKey },
  { name: 'a read sees the last write at once, over every connection', run: readsAfterWrites },
  { name: 'reads during writes see whole values and never go back', run: readsDuringWrites },
  {
    name: 'the time is Unix ms, there for absent and present keys, and goes back by less than a second',
    run: unixTime,
  },
  { name: 'the time of a read was taken before the read', run: timeBeforeRead },
  { name: 'the time of a read that began before the clock moved is that before', needs: ['clock'], run: timeOfOldRead },
  { name: 'the time goes on', run: timeGoesOn },
  { name: 'an answer stays as it was given', run: answersStay },
  { name: 'a caller that changes an answer or its options changes nothing in the store', run: ownedAnswers },
  { name: 'every method gives a promise, also for what the store refuses', run: promises },
]

async function specVersion({ store, other }: Connections): Promise<void> {
  for (const { specVersion } of [store, other]) assertText(specVersion, 'v1', 'specVersion')
}

async function absentKey({ store, other }: Connections): Promise<void> {
  for (const connection of [store, other]) {
    const read = await connection.get(KEY)
    assert(typeof read.now === 'number', 'get(): "now" must be there for an absent key too')
    assertText(read.version, undefined, 'the version of an absent key')
    assertText(read.value, undefined, 'the value of an absent key')
  }
}

async function readsAfterWrites({ store, other }: Connections): Promise<void> {
  let version: string | undefined
  for (let round = 0; round < ROUNDS; round += 1) {
    const [writer, reader] = round % 2 ? [other, store] : [store, other]
    version = await write(writer, KEY, version, `value ${round}`)
    for (const connection of [reader, writer]) {
      const read = await readPresent(connection, KEY, 'after a write')
      assertText(read.value, `value ${round}`, 'the value read after a write that was confirmed')
      assertText(read.version, version, 'the version read after a write that was confirmed')
    }
  }
}

/** Value `n` is one character, repeated: half a value, or one with the version of another, shows. */
async function readsDuringWrites({ store, other }: Connections): Promise<void> {
  const values = Array.from({ length: ROUNDS }, (_, index) => String.fromCharCode(97 + index).repeat(LONG))
  const versions: string[] = []
  const writing = (async () => {
    for (const [index, value] of values.entries()) versions.push(await write(store, KEY, versions[index - 1], value))
  })()
  let isWriting = true
  const stop = () => {
    isWriting = false
  }
  const finished = writing.then(stop, stop)
  const readers = Array.from({ length: READERS }, (_, index) => readWhile(index % 2 ? store : other, () => isWriting))
  const seen = await Promise.all(readers)
  await Promise.all([writing, finished])
  for (const reads of seen) assertInOrder(reads, versions, values)
}

interface Seen {
  readonly version: string
  readonly value: string
}

async function readWhile(store: TokenStore, isWriting: () => boolean): Promise<Seen[]> {
  const seen: Seen[] = []
  while (isWriting()) {
    const read = await store.get(KEY)
    if (isPresent(read)) seen.push(read)
    await turn()
  }
  return seen
}

function assertInOrder(reads: readonly Seen[], versions: readonly string[], values: readonly string[]): void {
  let latest = -1
  for (const { version, value } of reads) {
    const index = versions.indexOf(version)
    assert(index >= 0, 'get(): a version was read that no write returned')
    assertText(value, values[index], 'the value read together with a version')
    assert(index >= latest, 'get(): a read saw an older version than the read before it')
    latest = index
  }
}

async function unixTime({ store, other }: Connections): Promise<void> {
  let latest = EARLIEST
  for (let round = 0; round < ROUNDS; round += 1) {
    const { now, version } = await (round % 2 ? other : store).get(KEY)
    assert(now > EARLIEST && now < LATEST, `get(): "now" must be Unix time in ms, got ${String(now)}`)
    assert(now > latest - CLOCK_STEP_MS, 'get(): "now" must not go back by a second or more')
    latest = Math.max(latest, now)
    if (round >= ROUNDS / 2) await write(store, KEY, version, `value ${round}`)
  }
}

/** A read that does not see a write cannot be later than a read that was begun when the write was confirmed. */
async function timeBeforeRead({ store, other }: Connections): Promise<void> {
  let version: string | undefined = await write(store, KEY, undefined, 'first')
  for (let round = 0; round < ROUNDS; round += 1) {
    const reads = Array.from({ length: READERS }, (_, index) => (index % 2 ? store : other).get(KEY))
    const before: string = version
    version = await write(other, KEY, before, `value ${round}`)
    const { now } = await store.get(KEY)
    const old = (await Promise.all(reads)).filter((read) => read.version === before)
    const isLate = old.some((read) => read.now > now + ROUNDING_MS)
    assert(!isLate, 'get(): "now" must be taken before the read, not when the answer is there')
  }
}

const MOVED_MS = 60_000

/** As above, for reads that take any time after they have read. */
async function timeOfOldRead({ store, other, advance }: Connections): Promise<void> {
  const before = await write(store, KEY, undefined, 'first')
  const { now: start } = await store.get(KEY)
  const reads = Array.from({ length: READERS }, (_, index) => (index % 2 ? store : other).get(KEY))
  await write(other, KEY, before, 'second')
  await advance?.(MOVED_MS)
  for (const read of await Promise.all(reads)) {
    const isLate = read.version === before && read.now >= start + MOVED_MS
    assert(!isLate, 'get(): "now" must be taken before the read, not when the answer is there')
  }
  const { now } = await store.get(KEY)
  assert(now >= start + MOVED_MS - CLOCK_STEP_MS, 'makeStore(): "advance" must move the clock that get() tells')
}

/** Of the machine, or moved: a clock of a test may stand still until it is. */
async function timeGoesOn({ store, other, advance }: Connections): Promise<void> {
  for (const connection of [store, other]) {
    const { now: start } = await connection.get(KEY)
    const giveUpAt = performance.now() + STILL_MS
    let { now } = await connection.get(KEY)
    while (now <= start && performance.now() < giveUpAt) {
      await turn()
      now = (await connection.get(KEY)).now
    }
    if (now <= start && advance) {
      await advance(CLOCK_STEP_MS)
      now = (await connection.get(KEY)).now
    }
    assert(now > start, 'get(): "now" stands still')
  }
}

/** Longer than the steps of any clock. */
const STILL_MS = 100

async function answersStay({ store, other }: Connections): Promise<void> {
  const absent = await store.get(KEY)
  const first = await store.compareAndSet(KEY, undefined, 'first')
  const read = await readPresent(store, KEY, 'after its creation')
  const given = [absent, first, read].map((answer) => JSON.stringify(answer))
  await write(other, KEY, await write(store, KEY, read.version, 'second'), 'third')
  await store.get(KEY)
  await store.compareAndSet(KEY, undefined, 'lost')
  const isSame = [absent, first, read].every((answer, index) => JSON.stringify(answer) === given[index])
  assert(isSame, 'an answer that was given must stay as it was when the key is written again')
}

async function ownedAnswers({ store, other, advance }: Connections): Promise<void> {
  spoil(await store.get(KEY))
  const options: { retainMs?: number } = {}
  const creating = store.compareAndSet(KEY, undefined, 'first', options)
  options.retainMs = 0
  const created = await creating
  assert(created.ok, 'compareAndSet(): the key is absent, so it must win')
  const { version } = created
  spoil(created)
  await turn()
  await advance?.(CLOCK_STEP_MS)
  for (const connection of [store, other, store]) {
    const read = await readPresent(connection, KEY, 'when its options were changed after the call')
    assertText(read.value, 'first', 'the value after the answer before was changed by its caller')
    assertText(read.version, version, 'the version after the answer before was changed by its caller')
    spoil(read)
  }
  const lost = await store.compareAndSet(KEY, SPOILT, 'must not be stored')
  assert(!lost.ok, 'compareAndSet(): a version that a caller wrote into an answer must not count')
}

const SPOILT = 'changed by the caller'

function spoil(answer: object): void {
  for (const member of ['version', 'value', 'now', 'ok']) Reflect.set(answer, member, SPOILT)
}

async function promises({ store, other }: Connections): Promise<void> {
  const calls: Readonly<Record<string, () => unknown>> = {
    'get()': () => store.get(KEY),
    'compareAndSet()': () => store.compareAndSet(KEY, undefined, 'first'),
    'compareAndSet() with U+0000': () => store.compareAndSet(`${KEY}/odd`, undefined, 'a\u0000b'),
    'compareAndSet() with an odd version': () => store.compareAndSet(KEY, '\u0000', 'must not be stored'),
    ...(store.waitForChange && { 'waitForChange()': () => store.waitForChange?.(KEY, undefined, { timeoutMs: 0 }) }),
  }
  for (const [what, call] of Object.entries(calls)) await Promise.resolve(promiseOf(what, call)).catch(() => {})
  const { value } = await other.get(`${KEY}/odd`)
  const isWhole = value === undefined || value === 'a\u0000b'
  assert(isWhole, 'compareAndSet(): a value with U+0000 must be kept as written, or rejected and not stored')
}

function promiseOf(what: string, call: () => unknown): unknown {
  let answer: unknown
  try {
    answer = call()
  } catch {
    throw new Error(`${what}: must reject, not throw`)
  }
  const isPromise = typeof answer === 'object' && answer !== null && 'then' in answer
  assert(isPromise, `${what}: must give a promise`)
  return answer
}
