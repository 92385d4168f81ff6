import { type CasResult, memoryStore, type TokenStore } from '@valetkey/core'
import type { StoreUnderTest } from '../src/index.ts'

/** A store that does one thing wrong. */
export interface BrokenStore {
  readonly fault: string
  make(): StoreUnderTest
  /** The tests of the contract that fail for it, in their order. */
  readonly fails: readonly string[]
  /** The fault shows nearly everywhere: `fails` has the tests that are about it. */
  readonly showsEverywhere?: true
}

const CREATE_ONCE = 'a key is created once'
const LOST_WRITE = 'a write that lost changes nothing'
const EMPTY_EXPECTED = 'an empty expected version does not mean an absent key'
const CREATION_RACE = 'of ten creations at the same time one wins'
const WRITE_RACE = 'of ten writes at the same time one wins'
const COUNTER = 'a counter kept by many loops over two connections loses no count'
const SPEC_VERSION = 'the store keeps version 1 of the contract'
const ABSENT = 'an absent key has the time, no version and no value'
const READ_AFTER_WRITE = 'a read sees the last write at once, over every connection'
const READ_DURING_WRITE = 'reads during writes see whole values and never go back'
const UNIX_TIME = 'the time is Unix ms, there for absent and present keys, and goes back by less than a second'
const TIME_BEFORE_READ = 'the time of a read was taken before the read'
const SAME_VALUE = 'writing the same value again gives a new version, and the old one no longer counts'
const REMOVAL = 'a version never comes back while a key is removed and created again'
const DROPPED = 'a version never comes back when a store drops a tombstone whose time is over'
const TOMBSTONE = 'a tombstone is kept and read like any record'
const LIFTED_LIMIT = 'the time limit of a tombstone ends with the next write'
const ODD_KEYS = 'odd keys are kept apart, and list() names exactly those that are there'
const WAIT_CHANGE = 'a wait ends when another connection changes the key'
const WAIT_CREATION = 'a wait ends when another connection creates the key'
const WAIT_CHANGED = 'a wait ends at once when the version is another one already'
const WAIT_TIMEOUT = 'a wait ends with its timeout, not before'
const WAIT_ABORT = 'a wait ends when it is aborted, also before it began, and does not reject'
const WAIT_MANY = 'many waits for one key end together'
const kept = (what: string): string => `kept as written: ${what}`
const BIG_VALUES = [kept('a value of 64 KB'), kept('a value of 1 MB')]

export const BROKEN_STORES: readonly BrokenStore[] = [
  {
    fault: 'writes whatever version is expected',
    make: wrapped((inner) => ({ compareAndSet: (key, _, value) => force(inner, key, value) })),
    fails: [CREATE_ONCE, LOST_WRITE, EMPTY_EXPECTED, CREATION_RACE, WRITE_RACE, COUNTER, SAME_VALUE, TOMBSTONE],
  },
  {
    fault: 'compares and sets in two steps',
    make: wrapped((inner) => ({
      async compareAndSet(key, expected, value) {
        if ((await inner.get(key)).version !== expected) return { ok: false }
        await delay(0)
        return force(inner, key, value)
      },
    })),
    fails: [CREATION_RACE, WRITE_RACE, COUNTER],
  },
  {
    fault: 'takes a creation for an overwrite',
    make: wrapped((inner) => ({
      compareAndSet: (key, expected, value) =>
        expected === undefined ? force(inner, key, value) : inner.compareAndSet(key, expected, value),
    })),
    fails: [CREATE_ONCE, LOST_WRITE, CREATION_RACE, COUNTER, TOMBSTONE],
  },
  {
    fault: 'takes an empty expected version for an absent key',
    make: wrapped((inner) => ({
      compareAndSet: (key, expected, value) => inner.compareAndSet(key, expected || undefined, value),
    })),
    fails: [EMPTY_EXPECTED],
  },
  {
    fault: 'says that a lost write won',
    make: wrapped((inner) => ({
      async compareAndSet(key, expected, value) {
        const result = await inner.compareAndSet(key, expected, value)
        return result.ok ? result : { ok: true, version: 'lost' }
      },
    })),
    fails: [CREATE_ONCE, LOST_WRITE, EMPTY_EXPECTED, CREATION_RACE, WRITE_RACE, COUNTER, SAME_VALUE, TOMBSTONE],
  },
  {
    fault: 'names an empty version',
    make: wrapped((inner) => ({
      async compareAndSet(key, expected, value) {
        const result = await inner.compareAndSet(key, expected, value)
        return result.ok ? { ok: true, version: '' } : result
      },
    })),
    fails: [CREATE_ONCE, READ_AFTER_WRITE],
    showsEverywhere: true,
  },
  {
    fault: 'makes its versions from the values',
    make: () => ({ store: simpleStore({ versionOf: (_, value) => `hash of ${value}` }) }),
    fails: [SAME_VALUE, REMOVAL, DROPPED],
  },
  {
    fault: 'counts versions from 1 again after a removal that it carries out at once',
    make: () => ({ store: simpleStore({ removes: () => true }) }),
    fails: [REMOVAL, DROPPED, TOMBSTONE],
  },
  {
    fault: 'counts versions from 1 again after a tombstone whose time is over',
    make: () => ({ store: simpleStore({ removes: (retainMs) => retainMs === 1 }) }),
    fails: [DROPPED],
  },
  {
    fault: 'drops what was written over a tombstone when the time of the tombstone is over',
    make: wrapped((inner) => {
      const dropAt = new Map<string, number>()
      const isDropped = (key: string) => (dropAt.get(key) ?? Infinity) < Date.now()
      return {
        get: async (key) => (isDropped(key) ? { now: Date.now() } : inner.get(key)),
        compareAndSet(key, expected, value, { retainMs } = {}) {
          const current = isDropped(key) ? force(inner, key, value) : inner.compareAndSet(key, expected, value)
          if (retainMs !== undefined) dropAt.set(key, Date.now() + retainMs)
          return current
        },
      }
    }),
    fails: [LIFTED_LIMIT],
  },
  {
    fault: 'is of another version of the contract',
    make: wrapped(() => JSON.parse('{ "specVersion": "v2" }')),
    fails: [SPEC_VERSION],
  },
  {
    fault: 'has no time for an absent key',
    make: wrapped((inner) => ({
      async get(key) {
        const read = await inner.get(key)
        return read.version === undefined ? JSON.parse('{}') : read
      },
    })),
    fails: [ABSENT, UNIX_TIME],
  },
  {
    fault: 'has the time in seconds',
    make: wrapped((inner) => ({
      get: async (key) => ({ ...(await inner.get(key)), now: Math.floor(Date.now() / 1000) }),
    })),
    fails: [UNIX_TIME],
  },
  {
    fault: 'takes the time when the answer is there',
    make: wrapped((inner) => {
      let reads = 0
      return {
        async get(key) {
          const read = await inner.get(key)
          reads += 1
          if (reads % 5 > 0) await delay(20)
          return { ...read, now: Date.now() }
        },
      }
    }),
    fails: [TIME_BEFORE_READ],
  },
  {
    fault: 'reads from a replica that lags by one write',
    make() {
      const store = memoryStore()
      const before = new Map<string, Awaited<ReturnType<TokenStore['get']>>>()
      const primary: TokenStore = {
        ...store,
        async compareAndSet(key, expected, value, options) {
          const read = await store.get(key)
          const result = await store.compareAndSet(key, expected, value, options)
          if (result.ok) before.set(key, read)
          return result
        },
      }
      const replica: TokenStore = { ...primary, get: async (key) => before.get(key) ?? store.get(key) }
      return { store: primary, another: async () => replica }
    },
    fails: [READ_AFTER_WRITE],
    showsEverywhere: true,
  },
  {
    fault: 'keeps one data set per connection',
    make: () => ({ store: memoryStore(), another: async () => memoryStore() }),
    fails: [CREATE_ONCE, COUNTER, READ_AFTER_WRITE, WAIT_CHANGE],
    showsEverywhere: true,
  },
  {
    fault: 'reads value and version in two steps',
    make: wrapped((inner) => ({
      async get(key) {
        const { now, version } = await inner.get(key)
        await delay(0)
        const { value } = await inner.get(key)
        return version === undefined || value === undefined ? { now } : { now, version, value }
      },
    })),
    fails: [READ_DURING_WRITE],
  },
  {
    fault: 'takes an empty value for an absent key',
    make: wrapped((inner) => ({
      async get(key) {
        const read = await inner.get(key)
        return read.value ? read : { now: read.now }
      },
    })),
    fails: [kept('an empty value')],
  },
  { fault: 'cuts keys', make: keyed((key) => key.slice(0, 255)), fails: [ODD_KEYS] },
  { fault: 'cuts keys at U+0000', make: keyed((key) => key.split('\0')[0] ?? ''), fails: [ODD_KEYS] },
  { fault: 'takes capital and small letters for the same', make: keyed((key) => key.toLowerCase()), fails: [ODD_KEYS] },
  { fault: 'composes the characters of keys', make: keyed((key) => key.normalize('NFC')), fails: [ODD_KEYS] },
  { fault: 'trims keys', make: keyed((key) => key.trim()), fails: [ODD_KEYS] },
  { fault: 'resolves keys as paths', make: keyed((key) => new URL(key, 'file:///a/b/').pathname), fails: [ODD_KEYS] },
  {
    fault: 'composes the characters of values',
    make: valued((value) => value.normalize('NFC')),
    fails: [kept('emoji, combining and right-to-left characters')],
  },
  {
    fault: 'trims values',
    make: valued((value) => value.trim()),
    fails: [
      kept('control characters and line separators'),
      kept('a byte order mark at the start and spaces at the end'),
    ],
  },
  {
    fault: 'keeps 16 bits of a character',
    make: valued((value) => [...value].map((c) => String.fromCharCode(c.codePointAt(0) ?? 0)).join('')),
    fails: [kept('a character beyond the first 65,536'), kept('emoji, combining and right-to-left characters')],
  },
  {
    fault: 'drops control characters',
    make: valued((value) => [...value].filter((c) => c >= ' ').join('')),
    fails: [
      kept('control characters and line separators'),
      kept('a byte order mark at the start and spaces at the end'),
    ],
  },
  {
    fault: 'cuts values at 32 KB',
    make: valued((value) => value.slice(0, 32 * 1024)),
    fails: [READ_DURING_WRITE, ...BIG_VALUES],
  },
  {
    fault: 'lists a key that is not there',
    make: wrapped((inner) => ({
      async *list() {
        yield* inner.list?.() ?? []
        yield 'a lock'
      },
    })),
    fails: [ODD_KEYS],
  },
  {
    fault: 'lists its first ten keys only',
    make: wrapped((inner) => ({
      async *list() {
        let left = 10
        for await (const key of inner.list?.() ?? []) if (left-- > 0) yield key
      },
    })),
    fails: [ODD_KEYS],
  },
  {
    fault: 'wakes nobody',
    make: waiting((_, __, { timeoutMs, signal }) => delay(timeoutMs, signal)),
    fails: [WAIT_CHANGE, WAIT_CREATION, WAIT_CHANGED, WAIT_MANY],
  },
  {
    fault: 'lets a wait end at once',
    make: waiting(async () => {}),
    fails: [WAIT_TIMEOUT],
  },
  {
    fault: 'ignores the signal of a wait',
    make: wrapped((inner) => ({
      waitForChange: async (key, version, { timeoutMs }) => inner.waitForChange?.(key, version, { timeoutMs }),
    })),
    fails: [WAIT_ABORT],
  },
  {
    fault: 'rejects a wait that is aborted',
    make: wrapped((inner) => ({
      async waitForChange(key, version, options) {
        await inner.waitForChange?.(key, version, options)
        options.signal?.throwIfAborted()
      },
    })),
    fails: [WAIT_ABORT],
  },
  {
    fault: 'rejects a wait that times out',
    make: wrapped((inner) => ({
      async waitForChange(key, version, options) {
        await inner.waitForChange?.(key, version, options)
        if ((await inner.get(key)).version === version && !options.signal?.aborted) throw new Error('timed out')
      },
    })),
    fails: [WAIT_TIMEOUT],
  },
]

function wrapped(change: (inner: TokenStore) => Partial<TokenStore>): () => StoreUnderTest {
  return () => {
    const inner = memoryStore()
    return { store: { ...inner, ...change(inner) } }
  }
}

function keyed(mangle: (key: string) => string): () => StoreUnderTest {
  return wrapped((inner) => ({
    get: (key) => inner.get(mangle(key)),
    compareAndSet: (key, ...rest) => inner.compareAndSet(mangle(key), ...rest),
    waitForChange: async (key, ...rest) => inner.waitForChange?.(mangle(key), ...rest),
  }))
}

function valued(mangle: (value: string) => string): () => StoreUnderTest {
  return wrapped((inner) => ({
    compareAndSet: (key, expected, value, options) => inner.compareAndSet(key, expected, mangle(value), options),
  }))
}

function waiting(waitForChange: NonNullable<TokenStore['waitForChange']>): () => StoreUnderTest {
  return wrapped(() => ({ waitForChange }))
}

interface SimpleStoreFaults {
  versionOf?(writes: number, value: string): string
  removes?(retainMs: number): boolean
}

/** Counts versions per key; what it removes it forgets, with the count. */
function simpleStore({ versionOf = String, removes = () => false }: SimpleStoreFaults): TokenStore {
  const entries = new Map<string, { readonly writes: number; readonly version: string; readonly value: string }>()
  return {
    specVersion: 'v1',
    get: async (key) => ({ now: Date.now(), ...entries.get(key) }),
    async compareAndSet(key, expected, value, { retainMs } = {}) {
      const current = entries.get(key)
      if (current?.version !== expected) return { ok: false }
      const writes = (current?.writes ?? 0) + 1
      const version = versionOf(writes, value)
      entries.set(key, { writes, version, value })
      if (retainMs !== undefined && removes(retainMs)) entries.delete(key)
      return { ok: true, version }
    },
  }
}

async function force(store: TokenStore, key: string, value: string): Promise<CasResult> {
  const { version } = await store.get(key)
  const result = await store.compareAndSet(key, version, value)
  return result.ok ? result : force(store, key, value)
}

function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
