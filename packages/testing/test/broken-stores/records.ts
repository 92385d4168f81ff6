import { memoryStore, type TokenStore } from '@valetkey/core'
import type { StoreUnderTest } from '../../src/index.ts'
import { type BrokenStore, delay, force, keyed, keysOf, movableClock, valued, wrapped } from './broken-store.ts'

const SIMPLE = { list: 'left out', manyKeys: 'slow', waitForChange: 'left out' }

export const BROKEN_RECORDS: readonly BrokenStore[] = [
  {
    fault: 'writes whatever version is expected',
    make: wrapped((inner) => ({ compareAndSet: (key, _, value, options) => force(inner, key, value, options) })),
    fails: [
      'a key is created once',
      'a write that lost changes nothing',
      'an empty expected version does not mean an absent key',
      'a version that only resembles the stored one does not count',
      'of ten creations at the same time one wins',
      'of ten writes at the same time one wins',
      'a counter kept by many loops over two connections loses no count',
      'a caller that changes an answer or its options changes nothing in the store',
      'writing the same value again gives a new version, and the old one no longer counts',
      'a tombstone is read like any record',
      'a tombstone is kept until it expires',
      'the version of an expired tombstone does not match any more',
      'a write that lost sets no time limit',
    ],
  },
  {
    fault: 'compares and sets in two steps',
    make: wrapped((inner) => ({
      async compareAndSet(key, expected, value, given) {
        const options = { ...given }
        if ((await inner.get(key)).version !== expected) return { ok: false }
        await delay(0)
        return force(inner, key, value, options)
      },
    })),
    fails: [
      'of ten creations at the same time one wins',
      'of ten writes at the same time one wins',
      'a counter kept by many loops over two connections loses no count',
    ],
  },
  {
    fault: 'takes a creation for an overwrite',
    make: wrapped((inner) => ({
      compareAndSet: (key, expected, ...rest) =>
        expected === undefined ? force(inner, key, ...rest) : inner.compareAndSet(key, expected, ...rest),
    })),
    fails: [
      'a key is created once',
      'a write that lost changes nothing',
      'of ten creations at the same time one wins',
      'a counter kept by many loops over two connections loses no count',
      'a tombstone is read like any record',
      'a tombstone is kept until it expires',
      'a write that lost sets no time limit',
    ],
  },
  {
    fault: 'takes an empty expected version for an absent key',
    make: wrapped((inner) => ({
      compareAndSet: (key, expected, ...rest) => inner.compareAndSet(key, expected || undefined, ...rest),
    })),
    fails: ['an empty expected version does not mean an absent key'],
  },
  {
    fault: 'says that a lost write won',
    make: wrapped((inner) => ({
      async compareAndSet(...args) {
        const result = await inner.compareAndSet(...args)
        return result.ok ? result : { ok: true, version: 'lost' }
      },
    })),
    fails: [
      'a key is created once',
      'a write that lost changes nothing',
      'an empty expected version does not mean an absent key',
      'a version that only resembles the stored one does not count',
      'of ten creations at the same time one wins',
      'of ten writes at the same time one wins',
      'a counter kept by many loops over two connections loses no count',
      'a caller that changes an answer or its options changes nothing in the store',
      'writing the same value again gives a new version, and the old one no longer counts',
      'a tombstone is read like any record',
      'a tombstone is kept until it expires',
      'the version of an expired tombstone does not match any more',
      'a write that lost sets no time limit',
    ],
  },
  {
    fault: 'names an empty version',
    make: wrapped((inner) => ({
      async compareAndSet(...args) {
        const result = await inner.compareAndSet(...args)
        return result.ok ? { ok: true, version: '' } : result
      },
    })),
    fails: ['a key is created once', 'a read sees the last write at once, over every connection'],
    showsEverywhere: true,
  },
  {
    fault: 'makes its versions from the values',
    make: () => simpleStore({ versionOf: (_, value) => `hash of ${value}` }),
    cannot: SIMPLE,
    fails: [
      'writing the same value again gives a new version, and the old one no longer counts',
      'a version never recurs while a key is removed and created again',
      'a version never recurs when a store drops an expired tombstone',
    ],
  },
  {
    fault: 'counts versions from 1 again after a removal that it carries out at once',
    make: () => simpleStore({ removes: () => true }),
    cannot: SIMPLE,
    fails: [
      'a version never recurs while a key is removed and created again',
      'a version never recurs when a store drops an expired tombstone',
      'a tombstone is read like any record',
      'a tombstone is kept until it expires',
      'a longer time limit replaces a shorter one',
      'a shorter time limit replaces a longer one',
    ],
  },
  {
    fault: 'counts versions from 1 again after an expired tombstone',
    make: () => simpleStore({ removes: (retainMs) => retainMs === 1 }),
    cannot: SIMPLE,
    fails: ['a version never recurs when a store drops an expired tombstone'],
  },
  {
    fault: 'is of another version of the contract',
    make: wrapped(() => JSON.parse('{ "specVersion": "v2" }')),
    fails: ['the store keeps version 1 of the contract'],
  },
  {
    fault: 'has no time for an absent key',
    make: wrapped((inner) => ({
      async get(key) {
        const read = await inner.get(key)
        return read.version === undefined ? JSON.parse('{}') : read
      },
    })),
    fails: [
      'an absent key has the time, no version and no value',
      'the time is Unix ms, there for absent and present keys, and goes back by less than a second',
      'the time goes on',
    ],
  },
  {
    fault: 'has the time in seconds',
    make: wrapped((inner, now) => ({
      get: async (key) => ({ ...(await inner.get(key)), now: Math.floor(now() / 1000) }),
    })),
    fails: [
      'the time is Unix ms, there for absent and present keys, and goes back by less than a second',
      'the time of a read that began before the clock moved is that before',
    ],
  },
  {
    fault: 'takes the time when the answer is there',
    make: wrapped((inner, now) => {
      let reads = 0
      return {
        async get(key) {
          const read = await inner.get(key)
          reads += 1
          if (reads % 5 > 0) await delay(20)
          return { ...read, now: now() }
        },
      }
    }),
    fails: [
      'the time of a read was taken before the read',
      'the time of a read that began before the clock moved is that before',
    ],
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
    fails: ['a read sees the last write at once, over every connection'],
    showsEverywhere: true,
  },
  {
    fault: 'keeps one data set per connection',
    make: () => ({ store: memoryStore(), another: async () => memoryStore() }),
    fails: [
      'a key is created once',
      'a counter kept by many loops over two connections loses no count',
      'a read sees the last write at once, over every connection',
      'a wait ends when another connection changes the key',
    ],
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
    fails: ['reads during writes see whole values and never go back'],
  },
  {
    fault: 'takes an empty value for an absent key',
    make: wrapped((inner) => ({
      async get(key) {
        const read = await inner.get(key)
        return read.value ? read : { now: read.now }
      },
    })),
    fails: ['kept as written: an empty value'],
  },
  {
    fault: 'cuts keys',
    make: keyed((key) => key.slice(0, 255)),
    fails: [
      'odd keys do not share a record',
      'list() names exactly the keys that are there, odd ones too',
      'waits for odd keys end with their changes',
    ],
  },
  {
    fault: 'cuts keys at U+0000',
    make: keyed((key) => key.split('\0')[0] ?? ''),
    fails: ['odd keys do not share a record', 'list() names exactly the keys that are there, odd ones too'],
  },
  {
    fault: 'takes capital and small letters for the same',
    make: keyed((key) => key.toLowerCase()),
    fails: [
      'odd keys do not share a record',
      'list() names exactly the keys that are there, odd ones too',
      'a wait does not end when another key changes',
    ],
  },
  {
    fault: 'composes the characters of keys',
    make: keyed((key) => key.normalize('NFC')),
    fails: ['odd keys do not share a record', 'list() names exactly the keys that are there, odd ones too'],
  },
  {
    fault: 'trims keys',
    make: keyed((key) => key.trim()),
    fails: ['odd keys do not share a record', 'list() names exactly the keys that are there, odd ones too'],
  },
  {
    fault: 'resolves keys as paths',
    make: keyed((key) => new URL(key, 'file:///a/b/').pathname),
    fails: ['odd keys do not share a record', 'list() names exactly the keys that are there, odd ones too'],
    showsEverywhere: true,
  },
  {
    fault: 'composes the characters of values',
    make: valued((value) => value.normalize('NFC')),
    fails: ['kept as written: emoji, combining and right-to-left characters'],
  },
  {
    fault: 'trims values',
    make: valued((value) => value.trim()),
    fails: [
      'kept as written: control characters and line separators',
      'kept as written: a byte order mark at the start and spaces at the end',
      'kept as written: texts that look like numbers, dates and JSON',
    ],
  },
  {
    fault: 'keeps 16 bits of a character',
    make: valued((value) => [...value].map((c) => String.fromCharCode(c.codePointAt(0) ?? 0)).join('')),
    fails: [
      'kept as written: a character beyond the first 65,536',
      'kept as written: emoji, combining and right-to-left characters',
      'kept as written: 64 KB in characters of several bytes',
    ],
  },
  {
    fault: 'drops control characters',
    make: valued((value) => [...value].filter((c) => c >= ' ').join('')),
    fails: [
      'every method gives a promise, also for what the store refuses',
      'kept as written: control characters and line separators',
      'kept as written: a byte order mark at the start and spaces at the end',
    ],
  },
  {
    fault: 'cuts values at 32 KB',
    make: valued((value) => value.slice(0, 32 * 1024)),
    fails: [
      'reads during writes see whole values and never go back',
      'kept as written: a value of 64 KB',
      'kept as written: a value of 1 MB',
    ],
  },
  {
    fault: 'compares versions as numbers',
    make: wrapped((inner) => ({
      async compareAndSet(key, expected, value, { retainMs } = {}) {
        const { version } = await inner.get(key)
        const isSame = expected !== undefined && expected !== '' && Number(expected) === Number(version)
        return inner.compareAndSet(key, isSame ? version : expected, value, { retainMs })
      },
    })),
    fails: ['a version that only resembles the stored one does not count'],
  },
  {
    fault: 'compares the beginnings of versions',
    make: wrapped((plain) => {
      const inner = longVersions(plain)
      return {
        ...inner,
        async compareAndSet(key, expected, value, { retainMs } = {}) {
          const { version } = await inner.get(key)
          const isSame = expected && version?.startsWith(expected)
          return inner.compareAndSet(key, isSame ? version : expected, value, { retainMs })
        },
      }
    }),
    fails: ['a version that only resembles the stored one does not count'],
  },
  {
    fault: 'keeps all keys in one text that it reads and writes',
    make() {
      const { now, advance } = movableClock()
      let text = '{}'
      let writes = 0
      const read = (): Map<string, { version: string; value: string; dropAt: number }> =>
        new Map(Object.entries(JSON.parse(text)))
      const present = (entry?: { version: string; value: string; dropAt: number }) =>
        entry && now() < entry.dropAt ? entry : undefined
      const locks = new Map<string, Promise<unknown>>()
      const store: TokenStore = {
        specVersion: 'v1',
        async get(key) {
          const entry = present(read().get(key))
          return entry ? { now: now(), version: entry.version, value: entry.value } : { now: now() }
        },
        compareAndSet(key, expected, value, { retainMs } = {}) {
          const writing = (locks.get(key) ?? Promise.resolve()).then(async () => {
            const all = read()
            if (present(all.get(key))?.version !== expected) return { ok: false as const }
            await delay(0)
            writes += 1
            const dropAt = retainMs === undefined ? Number.MAX_SAFE_INTEGER : now() + retainMs
            const version = String(writes)
            text = JSON.stringify(Object.fromEntries(all.set(key, { version, value, dropAt })))
            return { ok: true as const, version }
          })
          locks.set(key, writing)
          return writing
        },
      }
      return { store, advance }
    },
    fails: [
      'writes of different keys at the same time are all kept',
      'odd keys do not share a record',
      'kept as written: texts that look like numbers, dates and JSON',
    ],
    cannot: SIMPLE,
  },
  {
    fault: 'takes the time a constant time after each read',
    make: wrapped((inner, now) => ({
      async get(key) {
        const read = await inner.get(key)
        await delay(20)
        return { ...read, now: now() }
      },
    })),
    fails: ['the time of a read that began before the clock moved is that before'],
  },
  {
    fault: 'tells the time at which it was opened',
    make: wrapped((inner, now) => {
      const openedAt = now()
      return { get: async (key) => ({ ...(await inner.get(key)), now: openedAt }) }
    }),
    fails: ['the time of a read that began before the clock moved is that before', 'the time goes on'],
  },
  {
    fault: 'has a clock per connection, a minute apart',
    make() {
      const { store, advance } = wrapped(() => ({}))()
      const fast: TokenStore = {
        ...store,
        async get(key) {
          const read = await store.get(key)
          return { ...read, now: read.now + 60_000 }
        },
      }
      return { store, advance, another: async () => fast }
    },
    fails: [
      'the time is Unix ms, there for absent and present keys, and goes back by less than a second',
      'the time of a read was taken before the read',
      'the time of a read that began before the clock moved is that before',
    ],
  },
  {
    fault: 'has the time as a text',
    make: wrapped((inner) => ({
      async get(key) {
        const read = await inner.get(key)
        return JSON.parse(JSON.stringify({ ...read, now: String(read.now) }))
      },
    })),
    fails: [
      'an absent key has the time, no version and no value',
      'the time of a read that began before the clock moved is that before',
    ],
  },
  {
    fault: 'gives the object that it keeps',
    make: keptObjects('gives'),
    fails: ['a caller that changes an answer or its options changes nothing in the store'],
  },
  {
    fault: 'changes the objects that it gave',
    make: keptObjects('changes'),
    fails: ['an answer stays as it was given'],
  },
  {
    fault: 'reads the options of a write later',
    make: wrapped((inner) => ({
      async compareAndSet(key, expected, value, options) {
        await delay(0)
        return inner.compareAndSet(key, expected, value, options)
      },
    })),
    fails: ['a caller that changes an answer or its options changes nothing in the store'],
  },
  {
    fault: 'throws where it should reject',
    make: wrapped((inner) => ({
      compareAndSet(key, expected, value, options) {
        if (value.includes('\0')) throw new Error('a value must have no U+0000')
        return inner.compareAndSet(key, expected, value, options)
      },
    })),
    fails: ['every method gives a promise, also for what the store refuses'],
  },
  {
    fault: 'cuts values at U+0000',
    make: valued((value) => value.split('\0')[0] ?? ''),
    fails: ['every method gives a promise, also for what the store refuses'],
  },
  {
    fault: 'keeps values that look like numbers as numbers',
    make: valued((value) => (value.trim() !== '' && Number.isFinite(Number(value)) ? String(Number(value)) : value)),
    fails: ['kept as written: texts that look like numbers, dates and JSON'],
  },
  {
    fault: 'keeps values that are JSON as JSON',
    make: valued((value) => {
      try {
        return JSON.stringify(JSON.parse(value))
      } catch {
        return value
      }
    }),
    fails: ['kept as written: texts that look like numbers, dates and JSON'],
  },
  {
    fault: 'decodes values in pieces of 64 KB',
    make: valued((value) => {
      const bytes = new TextEncoder().encode(value)
      const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, index) =>
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.slice(index * 65_536, (index + 1) * 65_536)),
      )
      return pieces.join('')
    }),
    fails: ['kept as written: 64 KB in characters of several bytes'],
  },
  {
    fault: 'cuts keys at 600 bytes',
    make: keyed((key) => Buffer.from(key).subarray(0, 600).toString('latin1')),
    fails: [
      'odd keys do not share a record',
      'list() names exactly the keys that are there, odd ones too',
      'waits for odd keys end with their changes',
    ],
  },
  {
    fault: 'finds a key by its beginning',
    make: wrapped((inner) => ({
      async get(key) {
        const read = await inner.get(key)
        if (read.version !== undefined) return read
        const longer = (await keysOf(inner)).find((other) => other.startsWith(key))
        return longer === undefined ? read : inner.get(longer)
      },
    })),
    fails: [],
    showsEverywhere: true,
  },
  {
    fault: 'takes keys that look like one number for the same',
    make: keyed((key) => (key !== '' && Number.isFinite(Number(key)) ? String(Number(key)) : key)),
    fails: ['odd keys do not share a record', 'list() names exactly the keys that are there, odd ones too'],
  },
]

interface SimpleStoreFaults {
  versionOf?(writes: number, value: string): string
  removes?(retainMs: number): boolean
}

interface SimpleEntry {
  readonly writes: number
  readonly version: string
  readonly value: string
  readonly dropAt: number
}

/** Counts versions per key; what it removes it forgets, with the count. */
function simpleStore({ versionOf = String, removes = () => false }: SimpleStoreFaults): StoreUnderTest {
  const { now, advance } = movableClock()
  const entries = new Map<string, SimpleEntry>()
  const present = (key: string): SimpleEntry | undefined => {
    const entry = entries.get(key)
    return entry && now() < entry.dropAt ? entry : undefined
  }
  const store: TokenStore = {
    specVersion: 'v1',
    async get(key) {
      const { version, value } = present(key) ?? {}
      return version === undefined || value === undefined ? { now: now() } : { now: now(), version, value }
    },
    async compareAndSet(key, expected, value, { retainMs } = {}) {
      if (present(key)?.version !== expected) return { ok: false }
      const writes = (entries.get(key)?.writes ?? 0) + 1
      const version = versionOf(writes, value)
      entries.set(key, { writes, version, value, dropAt: retainMs === undefined ? Infinity : now() + retainMs })
      if (retainMs !== undefined && removes(retainMs)) entries.delete(key)
      return { ok: true, version }
    },
  }
  return { store, advance }
}

/** Gives the same object for each read of a record, or of a key whatever its record. */
function keptObjects(fault: 'gives' | 'changes'): () => StoreUnderTest {
  return wrapped((inner) => {
    const kept = new Map<string, { of: string; readonly answer: { now: number; version: string; value: string } }>()
    return {
      async get(key) {
        const read = await inner.get(key)
        if (read.version === undefined) return read
        const before = kept.get(key)
        if (before && fault === 'changes') return Object.assign(before.answer, read)
        if (before?.of === read.version) return before.answer
        const answer = { ...read }
        kept.set(key, { of: read.version, answer })
        return answer
      },
    }
  })
}

/** With versions of several characters. */
function longVersions(inner: TokenStore): TokenStore {
  const long = (version: string): string => `version ${version}.`
  const short = (version: string | undefined) => (version && /^version (\d+)\.$/.exec(version)?.[1]) ?? version
  return {
    ...inner,
    async get(key) {
      const read = await inner.get(key)
      return read.version === undefined ? read : { ...read, version: long(read.version) }
    },
    async compareAndSet(key, expected, value, options) {
      const result = await inner.compareAndSet(key, short(expected), value, options)
      return result.ok ? { ok: true, version: long(result.version) } : result
    },
    waitForChange: async (key, version, options) => await inner.waitForChange?.(key, short(version), options),
  }
}
