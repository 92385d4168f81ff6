import type { CasResult, StoreRead, TokenStore } from '@valetkey/core'
import { assert } from './assert.ts'

/** One empty store with its data to itself. */
export interface StoreUnderTest {
  readonly store: TokenStore
  /** A second connection to the same data, as another process has it. @default the store itself */
  another?(): Promise<TokenStore>
  /** Closes connections and removes the data. */
  cleanUp?(): Promise<void>
}

/** Two connections to the same data. */
export interface Connections {
  readonly store: TokenStore
  readonly other: TokenStore
}

export interface StoreCase {
  readonly name: string
  run(connections: Connections): Promise<void>
}

/** A read of a key that must be there. */
export type Present = Extract<StoreRead, { readonly version: string }>

export async function readPresent(store: TokenStore, key: string, when: string): Promise<Present> {
  const read = await store.get(key)
  assert(isPresent(read), `get(): the key must be there ${when}`)
  return read
}

export function isPresent(read: StoreRead): read is Present {
  return read.version !== undefined
}

/** A write that must win. Resolves with its version. */
export async function write(
  store: TokenStore,
  key: string,
  expected: string | undefined,
  value: string,
  options?: { readonly retainMs?: number },
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
    'compareAndSet(): a win must name the new version, a text that is not empty',
  )
}
