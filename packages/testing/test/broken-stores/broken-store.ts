import { type CasResult, memoryStore, type TokenStore } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'
import type { StoreContractOptions, StoreUnderTest } from '../../src/index.ts'

/** A store that does one thing wrong. */
export interface BrokenStore {
  readonly fault: string
  make(): StoreUnderTest
  /** The tests of the contract that fail for it, in their order. */
  readonly fails: readonly string[]
  /** The fault shows nearly everywhere: `fails` has the tests that are about it. */
  readonly showsEverywhere?: true
  readonly cannot?: StoreContractOptions['cannot']
}

export interface MovableClock {
  now(): number
  advance(ms: number): Promise<void>
}

export function movableClock(): MovableClock {
  let moved = 0
  return {
    now: () => Date.now() + moved,
    async advance(ms) {
      moved += ms
    },
  }
}

/** A memory store with other methods. */
export function wrapped(
  change: (inner: TokenStore, now: () => number) => Partial<TokenStore>,
): () => StoreUnderTest & MovableClock {
  return () => {
    const { now, advance } = movableClock()
    const inner = memoryStore({ clock: { ...systemClock, now } })
    return { store: { ...inner, ...change(inner, now) }, now, advance }
  }
}

export function keyed(mangle: (key: string) => string): () => StoreUnderTest {
  return wrapped((inner) => ({
    get: (key) => inner.get(mangle(key)),
    compareAndSet: (key, ...rest) => inner.compareAndSet(mangle(key), ...rest),
  }))
}

export function valued(mangle: (value: string) => string): () => StoreUnderTest {
  return wrapped((inner) => ({
    compareAndSet: (key, expected, value, options) => inner.compareAndSet(key, expected, mangle(value), options),
  }))
}

export type Retention = { readonly retainMs?: number | undefined } | undefined

/** `retainMs` is passed on changed. */
export function retaining(change: (retainMs: number | undefined) => Retention): () => StoreUnderTest {
  return wrapped((inner) => ({
    compareAndSet: (key, expected, value, { retainMs } = {}) =>
      inner.compareAndSet(key, expected, value, change(retainMs)),
  }))
}

type Wait = NonNullable<TokenStore['waitForChange']>

export function waiting(change: (wait: Wait, inner: TokenStore) => Wait): () => StoreUnderTest {
  return wrapped((inner) => ({
    waitForChange: change(async (...args) => await inner.waitForChange?.(...args), inner),
  }))
}

export function listing(change: (inner: TokenStore) => () => AsyncIterable<string>): () => StoreUnderTest {
  return wrapped((inner) => ({ list: change(inner) }))
}

export async function keysOf(store: TokenStore): Promise<string[]> {
  return await Array.fromAsync(store.list?.() ?? [])
}

export async function force(store: TokenStore, key: string, value: string, given?: Retention): Promise<CasResult> {
  const options = { ...given }
  const { version } = await store.get(key)
  const result = await store.compareAndSet(key, version, value, options)
  return result.ok ? result : force(store, key, value, options)
}

/** As stores poll, but it does not hold the process. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const finish = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms).unref()
    signal?.addEventListener('abort', finish)
  })
}
