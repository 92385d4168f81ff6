import type { CasResult, StoreRead, TokenStore } from '@valetkey/core'
import { assert, turn } from './assert.ts'

/** One empty store with separate data. */
export interface StoreUnderTest {
  readonly store: TokenStore
  /** A second connection to the same data, as from another process. @default the store itself */
  another?(): Promise<TokenStore>
  /**
   * Advances the time by which the store drops records with `retainMs`: its clock or, for a server, the time limits of the
   * records.
   */
  advance?(ms: number): Promise<void>
  /** Closes connections and removes the data. */
  cleanUp?(): Promise<void>
}

/** Abilities that a store, or its test setup, may lack. */
export type StoreAbility =
  /** `makeStore()` returns `advance`. */
  | 'advance'
  /** `advance` also moves the clock that `get()` returns. */
  | 'clock'
  /** The database accepts values of 1 MB. */
  | 'largeValues'
  /** The store has `list()`. */
  | 'list'
  /** 1,001 writes are fast enough for a test. */
  | 'manyKeys'
  /** The store has `waitForChange()`. */
  | 'waitForChange'

export interface StoreContractOptions {
  /** Abilities that this store or its setup lacks, each with the reason: tests that need them are skipped. @default {} */
  readonly cannot?: Readonly<Partial<Record<StoreAbility, string>>> | undefined
}

/** `trace`: the runtime tells what keeps a process alive. */
export type Need = StoreAbility | 'trace'

/** Two connections to the same data. */
export interface Connections {
  readonly store: TokenStore
  readonly other: TokenStore
  readonly advance: StoreUnderTest['advance']
  /** `waitForChange` of `store`, for cases that need it. */
  readonly wait: NonNullable<TokenStore['waitForChange']>
  /** All that `list()` of a connection names, for cases that need it. */
  list(connection: TokenStore): Promise<string[]>
}

export interface StoreCase {
  readonly name: string
  readonly needs?: readonly Need[]
  run(connections: Connections): Promise<void>
}

/** A read of a key that must be there. */
export type Present = Extract<StoreRead, { readonly version: string }>

export async function readPresent(store: TokenStore, key: string, when: string): Promise<Present> {
  const read = await store.get(key)
  assert(isPresent(read), `get(): the key must be there ${when}`)
  return read
}

export async function assertAbsent(store: TokenStore, key: string, why: string): Promise<void> {
  const { version } = await store.get(key)
  assert(version === undefined, `get(): the key ${JSON.stringify(key.slice(0, 40))} must be absent: ${why}`)
}

/** Lets slightly more than `ms` of the store's time pass. */
export async function outlive({ store, advance }: Connections, ms: number): Promise<void> {
  if (advance) return await advance(ms + 2)
  const { now: start } = await store.get('store-contract/time')
  const giveUpAt = performance.now() + 2 * ms + STILL_MS
  let now = start
  while (now <= start + ms + 1) {
    assert(performance.now() < giveUpAt, 'get(): "now" stands still; a store whose clock does needs "advance"')
    await turn()
    now = (await store.get('store-contract/time')).now
  }
}

/** A clock that is read this long without a change stands still. */
const STILL_MS = 1000

export function isPresent(read: StoreRead): read is Present {
  return read.version !== undefined
}

/** A write that must win. Resolves with its version. */
export async function write(
  store: TokenStore,
  key: string,
  expected: string | undefined,
  value: string,
  options?: Parameters<TokenStore['compareAndSet']>[3],
): Promise<string> {
  const result = await store.compareAndSet(key, expected, value, options)
  assert(result.ok, 'compareAndSet(): the expected version is the stored one, so it must win')
  assertVersion(result)
  return result.version
}

/** More than all the writes of a test: a loop that lost that often did not lose to others. */
const MOST_ATTEMPTS = 100

/** Reads and writes until the write wins. Resolves with the version written. */
export async function overwrite(
  store: TokenStore,
  key: string,
  change: (value: string | undefined) => string,
): Promise<string> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const { version, value } = await store.get(key)
    const result = await store.compareAndSet(key, version, change(value))
    if (result.ok) return result.version
  }
  throw new Error('compareAndSet(): loses again and again with the version that get() has just named')
}

function assertVersion(result: Extract<CasResult, { readonly ok: true }>): void {
  const { version } = result
  assert(
    typeof version === 'string' && version !== '',
    'compareAndSet(): a win must return the new version, a string that is not empty',
  )
}
