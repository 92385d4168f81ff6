import { memoryStore, type TokenStore } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'
import { type BrokenStore, delay, keysOf, listing, movableClock, retaining, wrapped } from './broken-store.ts'

const HOUR_MS = 60 * 60_000

export const BROKEN_RETENTION: readonly BrokenStore[] = [
  {
    fault: 'drops records after an hour',
    make: retaining((retainMs = HOUR_MS) => ({ retainMs })),
    fails: ['a record without a time limit is kept for years'],
  },
  {
    fault: 'drops records after a year',
    make: retaining((retainMs = 365 * 24 * HOUR_MS) => ({ retainMs })),
    fails: ['a record without a time limit is kept for years'],
  },
  {
    fault: 'drops overwritten records after a day',
    make: wrapped((inner) => ({
      compareAndSet: (key, expected, value, { retainMs } = {}) =>
        inner.compareAndSet(key, expected, value, {
          retainMs: retainMs ?? (expected === undefined ? undefined : 24 * HOUR_MS),
        }),
    })),
    fails: ['a record without a time limit is kept for years'],
  },
  {
    fault: 'drops tombstones after ten seconds',
    make: retaining((retainMs) => ({ retainMs: retainMs && Math.min(retainMs, 10_000) })),
    fails: ['a tombstone is kept until it expires', 'a longer time limit replaces a shorter one'],
  },
  {
    fault: 'drops tombstones after an hour',
    make: retaining((retainMs) => ({ retainMs: retainMs && Math.min(retainMs, HOUR_MS + 1) })),
    fails: ['a tombstone is kept until it expires', 'a longer time limit replaces a shorter one'],
  },
  {
    fault: 'takes "retainMs" for seconds',
    make: retaining((retainMs) => ({ retainMs: retainMs && retainMs * 1000 })),
    fails: [
      'a tombstone counts as absent after it expires',
      'the version of an expired tombstone does not match any more',
      'a shorter time limit replaces a longer one',
      'list() leaves out an expired tombstone',
    ],
    showsEverywhere: true,
  },
  {
    fault: 'takes "retainMs" for microseconds',
    make: retaining((retainMs) => ({ retainMs: retainMs && retainMs / 1000 })),
    fails: ['a tombstone is kept until it expires', 'a longer time limit replaces a shorter one'],
  },
  {
    fault: 'never drops a tombstone',
    make: retaining(() => undefined),
    fails: [
      'a tombstone counts as absent after it expires',
      'the version of an expired tombstone does not match any more',
      'a shorter time limit replaces a longer one',
      '"retainMs" 0 expires immediately',
      '"retainMs" may be a fraction',
      'list() leaves out an expired tombstone',
    ],
  },
  {
    fault: 'keeps what has "retainMs" 0 for ever',
    make: retaining((retainMs) => ({ retainMs: retainMs || undefined })),
    fails: ['"retainMs" 0 expires immediately'],
  },
  {
    fault: 'refuses fractions of a ms',
    make: wrapped((inner) => ({
      async compareAndSet(key, expected, value, { retainMs } = {}) {
        if (!Number.isInteger(retainMs ?? 0)) throw new Error('value is not an integer')
        return inner.compareAndSet(key, expected, value, { retainMs })
      },
    })),
    fails: ['"retainMs" may be a fraction'],
  },
  {
    fault: 'computes with "retainMs" undefined',
    make: wrapped((inner) => ({
      compareAndSet: (key, expected, value, options = {}) =>
        inner.compareAndSet(key, expected, value, 'retainMs' in options ? { retainMs: Number(options.retainMs) } : {}),
    })),
    fails: ['"retainMs" undefined sets no time limit'],
  },
  {
    fault: 'drops what was written over a tombstone when the time of the tombstone is over',
    make: limited((before, retainMs) => retainMs ?? before),
    fails: [
      'a version never recurs when a store drops an expired tombstone',
      'the time limit of a tombstone ends with the next write',
    ],
  },
  {
    fault: 'never makes a time limit longer',
    make: limited((before, retainMs) => retainMs && Math.min(before ?? Infinity, retainMs)),
    fails: ['a longer time limit replaces a shorter one'],
  },
  {
    fault: 'never makes a time limit shorter',
    make: limited((before, retainMs) => retainMs && Math.max(before ?? 0, retainMs)),
    fails: ['a shorter time limit replaces a longer one'],
  },
  {
    fault: 'sets the time limit before it compares',
    make: wrapped((inner) => ({
      async compareAndSet(key, expected, value, options) {
        const result = await inner.compareAndSet(key, expected, value, options)
        const { version, value: stored } = await inner.get(key)
        if (!result.ok && version !== undefined && options?.retainMs === 1) {
          await inner.compareAndSet(key, version, stored, options)
        }
        return result
      },
    })),
    fails: ['a write that lost sets no time limit'],
  },
  {
    fault: 'compares with an expired tombstone',
    make() {
      const { now, advance } = movableClock()
      const inner = memoryStore({ clock: { ...systemClock, now } })
      const last = new Map<string, string>()
      const store: TokenStore = {
        ...inner,
        async compareAndSet(key, expected, value, given) {
          const options = { ...given }
          const { version } = await inner.get(key)
          const isEnded = version === undefined && expected !== undefined && last.get(key) === expected
          const result = await inner.compareAndSet(key, isEnded ? undefined : expected, value, options)
          if (result.ok) last.set(key, result.version)
          return result
        },
      }
      return { store, advance }
    },
    fails: ['the version of an expired tombstone does not match any more'],
  },
]

export const BROKEN_LISTS: readonly BrokenStore[] = [
  {
    fault: 'lists a key that is not there',
    make: listing(
      (inner) =>
        async function* () {
          yield* inner.list?.() ?? []
          yield 'a lock'
        },
    ),
    fails: [
      'list() names exactly the keys that are there, odd ones too',
      'list() names a tombstone until it expires',
      'list() leaves out an expired tombstone',
      'every list() starts from the beginning, also after one that ended early',
    ],
  },
  {
    fault: 'lists its first 1,000 keys only',
    make: listing(first(1000)),
    fails: ['list() names all of 1,001 keys'],
    cannot: {},
  },
  {
    fault: 'lists its first ten keys only',
    make: listing(first(10)),
    fails: ['list() names exactly the keys that are there, odd ones too'],
  },
  {
    fault: 'lists names in which characters are escaped',
    make: listing(
      (inner) =>
        async function* () {
          for await (const key of inner.list?.() ?? []) yield encodeURI(key)
        },
    ),
    fails: ['list() names exactly the keys that are there, odd ones too'],
  },
  {
    fault: 'lists expired tombstones',
    make: wrapped((inner) => {
      const keys = new Set<string>()
      return {
        async compareAndSet(key, ...rest) {
          const result = await inner.compareAndSet(key, ...rest)
          if (result.ok) keys.add(key)
          return result
        },
        async *list() {
          yield* [...keys]
        },
      }
    }),
    fails: ['list() leaves out an expired tombstone'],
  },
  {
    fault: 'lists no tombstones',
    make: wrapped((inner) => {
      const tombstones = new Set<string>()
      return {
        async compareAndSet(key, expected, value, options) {
          const result = await inner.compareAndSet(key, expected, value, options)
          if (result.ok && options?.retainMs !== undefined) tombstones.add(key)
          return result
        },
        async *list() {
          for await (const key of inner.list?.() ?? []) if (!tombstones.has(key)) yield key
        },
      }
    }),
    fails: ['list() names a tombstone until it expires'],
  },
  {
    fault: 'lists a key again that is written meanwhile',
    make: wrapped((inner) => {
      const written: string[] = []
      return {
        async compareAndSet(key, expected, ...rest) {
          const result = await inner.compareAndSet(key, expected, ...rest)
          if (result.ok && expected !== undefined) written.push(key)
          return result
        },
        async *list() {
          const from = written.length
          for (const key of await keysOf(inner)) {
            yield key
            await inner.get(key)
          }
          yield* written.slice(from)
        },
      }
    }),
    fails: ['list() names once what is there all the time while others write'],
  },
  {
    fault: 'lists what is written while it lists, for ever',
    make: wrapped((inner) => {
      const keys = new Set<string>()
      return {
        async compareAndSet(key, ...rest) {
          const result = await inner.compareAndSet(key, ...rest)
          if (result.ok) keys.add(key)
          return result
        },
        async *list() {
          for (const key of keys) if ((await inner.get(key)).version !== undefined) yield key
        },
      }
    }),
    fails: ['list() ends while its reader writes'],
  },
  {
    fault: 'holds up writes while it lists',
    make: wrapped((inner) => {
      let listed = Promise.resolve()
      return {
        async compareAndSet(key, expected, value, { retainMs } = {}) {
          await listed
          return inner.compareAndSet(key, expected, value, { retainMs })
        },
        async *list() {
          const over = new AbortController()
          listed = delay(60_000, over.signal)
          try {
            yield* await keysOf(inner)
          } finally {
            over.abort()
          }
        },
      }
    }),
    fails: ['list() ends while its reader writes'],
  },
  {
    fault: 'goes on where the list before it stopped',
    make: wrapped((inner) => {
      let left: string[] = []
      return {
        async *list() {
          if (left.length === 0) left = await keysOf(inner)
          for (let key = left.shift(); key !== undefined; key = left.shift()) yield key
        },
      }
    }),
    fails: [
      'list() names once what is there all the time while others write',
      'every list() starts from the beginning, also after one that ended early',
    ],
  },
]

function first(count: number): (inner: TokenStore) => () => AsyncIterable<string> {
  return (inner) =>
    async function* () {
      yield* (await keysOf(inner)).slice(0, count)
    }
}

/** The time limit of a write is made of that before it, too. */
function limited(
  change: (before: number | undefined, retainMs: number | undefined) => number | undefined,
): BrokenStore['make'] {
  return wrapped((inner) => {
    const limits = new Map<string, number | undefined>()
    return {
      async compareAndSet(key, expected, value, { retainMs } = {}) {
        const limit = change(limits.get(key), retainMs)
        const result = await inner.compareAndSet(key, expected, value, { retainMs: limit })
        if (result.ok) limits.set(key, limit)
        return result
      },
    }
  })
}
