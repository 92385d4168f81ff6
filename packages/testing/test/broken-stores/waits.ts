import { watch } from 'node:fs'
import { tmpdir } from 'node:os'
import type { TokenStore } from '@valetkey/core'
import { type BrokenStore, delay, waiting, wrapped } from './broken-store.ts'

const LONGEST_TIMER_MS = 2 ** 31 - 1

export const BROKEN_WAITS: readonly BrokenStore[] = [
  {
    fault: 'wakes nobody',
    make: waiting(
      () =>
        (_, __, { timeoutMs, signal }) =>
          pause(timeoutMs, signal),
    ),
    fails: [
      'a wait ends when another connection changes the key',
      'a wait ends when another connection creates the key',
      'a wait ends when the same store changes the key',
      'a wait ends when the same value is written again',
      'a wait ends when the key gets a tombstone',
      'a wait ends at once when the version is another one already',
      'waits for odd keys end with their changes',
      'many waits for one key end together',
      'a wait after an extended lease ends at the next change',
      'a wait that is aborted ends no other wait for its key',
      'a wait that ended leaves no listener on its signal',
    ],
  },
  {
    fault: 'lets a wait end at once',
    make: waiting(() => async () => {}),
    showsEverywhere: true,
    fails: [
      'a wait does not end when another key changes',
      'a wait with a timeout of a month does not end at once',
      'a wait that is aborted ends no other wait for its key',
    ],
  },
  {
    fault: 'does not look before it waits',
    make: wrapped((inner) => ({
      async waitForChange(key, _, options) {
        await inner.waitForChange?.(key, (await inner.get(key)).version, options)
      },
    })),
    fails: [
      'a wait ends at once when the version is another one already',
      'a wait that ended leaves no listener on its signal',
    ],
  },
  {
    fault: 'waits for another value, not another version',
    make: waiting((wait, inner) => async (key, version, { timeoutMs, signal }) => {
      const endsAt = performance.now() + timeoutMs
      let read = await inner.get(key)
      const { value } = read
      if (read.version !== version) return
      while (!signal?.aborted && performance.now() < endsAt && read.value === value) {
        await wait(key, read.version, { timeoutMs: endsAt - performance.now(), signal })
        read = await inner.get(key)
      }
    }),
    fails: ['a wait ends when the same value is written again'],
  },
  {
    fault: 'hears nothing after it has reported an extended lease',
    make: wrapped((inner) => {
      const told = new Set<string>()
      return {
        async compareAndSet(key, expected, value, options) {
          if (options?.isExtension) told.add(key)
          return await inner.compareAndSet(key, expected, value, options)
        },
        async waitForChange(key, version, options) {
          if (told.has(key)) return await pause(options.timeoutMs, options.signal)
          await inner.waitForChange?.(key, version, options)
          return told.has(key) ? 'extended' : undefined
        },
      }
    }),
    fails: ['a wait after an extended lease ends at the next change'],
  },
  {
    fault: 'takes every change for an extended lease',
    make: waiting((wait) => async (...args) => {
      await wait(...args)
      return 'extended'
    }),
    fails: ['a wait after an extended lease ends at the next change'],
  },
  {
    fault: 'does not hear its own writes',
    make: deaf('own'),
    fails: ['a wait ends when the same store changes the key'],
  },
  {
    fault: 'does not announce tombstones',
    make: deaf('tombstones'),
    fails: ['a wait ends when the key gets a tombstone'],
  },
  {
    fault: 'wakes everybody at every write',
    make: waking(() => true),
    fails: ['a wait does not end when another key changes'],
  },
  {
    fault: 'cuts the names of its channels at spaces',
    make: waking((a, b) => a.split(' ')[0] === b),
    fails: [
      'waits for odd keys end with their changes',
      'a wait that is aborted ends no other wait for its key',
      'a wait that ended leaves no listener on its signal',
    ],
  },
  {
    fault: 'wakes the first who waits only',
    make: wrapped((inner) => {
      const busy = new Map<string, number>()
      return {
        async waitForChange(key, version, options) {
          const others = busy.get(key) ?? 0
          busy.set(key, others + 1)
          await (others < 2 ? inner.waitForChange?.(key, version, options) : pause(options.timeoutMs, options.signal))
          busy.set(key, (busy.get(key) ?? 1) - 1)
        },
      }
    }),
    fails: ['many waits for one key end together'],
  },
  {
    fault: 'ignores the signal of a wait',
    make: waiting(
      (wait) =>
        (key, version, { timeoutMs }) =>
          wait(key, version, { timeoutMs }),
    ),
    fails: [
      'a wait does not end when another key changes',
      'a wait with a timeout of a month does not end at once',
      'a wait ends when it is aborted, also before it began, and does not reject',
      'a wait ends when it is aborted in the turn in which it began',
      'a wait that is aborted ends no other wait for its key',
      'a wait keeps no process alive',
      'a wait that ended leaves no timer and no watcher',
    ],
  },
  {
    fault: 'listens to the signal of a wait after its first look',
    make: waiting((wait, inner) => async (key, version, { timeoutMs, signal }) => {
      const wasAborted = signal?.aborted
      if ((await inner.get(key)).version !== version || wasAborted) return
      await wait(key, version, { timeoutMs, signal: signal?.aborted ? undefined : signal })
    }),
    fails: ['a wait ends when it is aborted in the turn in which it began'],
  },
  {
    fault: 'ends all waits for a key when one is aborted',
    make: wrapped((inner) => {
      const all = new Map<string, AbortController>()
      return {
        async waitForChange(key, version, { timeoutMs, signal }) {
          const shared = all.get(key) ?? new AbortController()
          all.set(key, shared)
          const end = (): void => {
            shared.abort()
            all.delete(key)
          }
          if (signal?.aborted) return
          signal?.addEventListener('abort', end)
          await inner.waitForChange?.(key, version, { timeoutMs, signal: shared.signal })
          signal?.removeEventListener('abort', end)
        },
      }
    }),
    fails: ['a wait that is aborted ends no other wait for its key'],
  },
  {
    fault: 'rejects a wait that is aborted',
    make: waiting((wait) => async (key, version, options) => {
      await wait(key, version, options)
      options.signal?.throwIfAborted()
    }),
    fails: [
      'a wait does not end when another key changes',
      'a wait with a timeout of a month does not end at once',
      'a wait ends when it is aborted, also before it began, and does not reject',
      'a wait ends when it is aborted in the turn in which it began',
      'a wait that is aborted ends no other wait for its key',
      'a wait keeps no process alive',
      'a wait that ended leaves no timer and no watcher',
    ],
  },
  {
    fault: 'rejects a wait that times out',
    make: waiting((wait, inner) => async (key, version, options) => {
      await wait(key, version, options)
      if ((await inner.get(key)).version === version && !options.signal?.aborted) throw new Error('timed out')
    }),
    fails: [
      'a wait ends with its timeout, not before',
      'a wait with a timeout of 0 ends at once',
      'a wait that ended leaves no listener on its signal',
      'a wait keeps no process alive',
      'a wait that ended leaves no timer and no watcher',
    ],
  },
  {
    fault: 'takes a timeout of 0 for none',
    make: waiting(
      (wait) => (key, version, options) =>
        wait(key, version, { ...options, timeoutMs: options.timeoutMs || LONGEST_TIMER_MS }),
    ),
    fails: ['a wait with a timeout of 0 ends at once'],
  },
  {
    fault: 'gives its timeout to a timer, however long',
    make: waiting(
      (wait) => (key, version, options) =>
        wait(key, version, { ...options, timeoutMs: options.timeoutMs > LONGEST_TIMER_MS ? 1 : options.timeoutMs }),
    ),
    fails: ['a wait with a timeout of a month does not end at once'],
  },
  {
    fault: 'leaves a listener on the signal of a wait',
    make: waiting((wait) => async (key, version, options) => {
      options.signal?.addEventListener('abort', () => {})
      await wait(key, version, options)
    }),
    fails: ['a wait that ended leaves no listener on its signal'],
  },
  {
    fault: 'leaves a listener on the signal when a wait ends by a change',
    make: waiting((wait, inner) => async (key, version, options) => {
      const listener = (): void => {}
      options.signal?.addEventListener('abort', listener)
      await wait(key, version, options)
      if ((await inner.get(key)).version === version) options.signal?.removeEventListener('abort', listener)
    }),
    fails: ['a wait that ended leaves no listener on its signal'],
  },
  {
    fault: 'keeps the process alive by the timer of a wait',
    make: waiting((wait) => async (key, version, options) => {
      const timer = setTimeout(() => {}, options.timeoutMs)
      await wait(key, version, options)
      clearTimeout(timer)
    }),
    fails: ['a wait keeps no process alive'],
  },
  {
    fault: 'keeps the process alive by polling',
    make: waiting((wait) => async (key, version, options) => {
      const timer = setInterval(() => {}, 50)
      await wait(key, version, options)
      clearInterval(timer)
    }),
    fails: ['a wait keeps no process alive'],
  },
  {
    fault: 'keeps the process alive by a file that it watches',
    make: waiting((wait) => async (key, version, options) => {
      const watcher = watch(tmpdir(), () => {})
      await wait(key, version, options)
      watcher.close()
    }),
    fails: ['a wait keeps no process alive'],
  },
  {
    fault: 'leaves a timer behind when a wait has ended',
    make: waiting((wait) => async (key, version, options) => {
      setTimeout(() => {}, options.timeoutMs).unref()
      await wait(key, version, options)
    }),
    fails: ['a wait that ended leaves no timer and no watcher'],
  },
  {
    fault: 'leaves a file watched when a wait has ended',
    make: waiting((wait) => async (key, version, options) => {
      watch(tmpdir(), { persistent: false }, () => {})
      await wait(key, version, options)
    }),
    fails: ['a wait that ended leaves no timer and no watcher'],
  },
]

/** Waits by a timer that cannot be longer than timers can. */
function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return delay(Math.min(ms, LONGEST_TIMER_MS), signal)
}

type Told = (key: string, of: string) => void

/** Waits end when `tell` calls for their key. */
function announced(
  whoHears: (tell: Told, inner: TokenStore) => Partial<TokenStore>,
  isFor = Object.is,
): ReturnType<typeof wrapped> {
  return wrapped((inner) => {
    const waits = new Set<{ readonly key: string; readonly end: AbortController }>()
    const tell: Told = (key) => {
      for (const { key: waited, end } of waits) if (isFor(key, waited)) end.abort()
    }
    return {
      async waitForChange(key, version, { timeoutMs, signal }) {
        if ((await inner.get(key)).version !== version || signal?.aborted) return
        const wait = { key, end: new AbortController() }
        const abort = (): void => wait.end.abort()
        signal?.addEventListener('abort', abort)
        waits.add(wait)
        await pause(timeoutMs, wait.end.signal)
        waits.delete(wait)
        signal?.removeEventListener('abort', abort)
      },
      ...whoHears(tell, inner),
    }
  })
}

function waking(isFor: (written: string, waited: string) => boolean): BrokenStore['make'] {
  return announced(
    (tell, inner) => ({
      async compareAndSet(key, ...rest) {
        const result = await inner.compareAndSet(key, ...rest)
        if (result.ok) tell(key, key)
        return result
      },
    }),
    isFor,
  )
}

/** Writes that are not announced: those of the store itself, as of two connections, or tombstones. */
function deaf(to: 'own' | 'tombstones'): BrokenStore['make'] {
  return () => {
    let tellOthers: Told = () => {}
    const { store, advance } = announced((tell, inner) => {
      tellOthers = tell
      return {
        async compareAndSet(key, expected, value, options) {
          const result = await inner.compareAndSet(key, expected, value, options)
          if (result.ok && to === 'tombstones' && options?.retainMs === undefined) tell(key, key)
          return result
        },
      }
    })()
    const another: TokenStore = {
      ...store,
      async compareAndSet(key, ...rest) {
        const result = await store.compareAndSet(key, ...rest)
        if (result.ok && to === 'own') tellOthers(key, key)
        return result
      },
    }
    return { store, advance, another: async () => another }
  }
}
