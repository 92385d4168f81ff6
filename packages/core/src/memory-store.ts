import { type Clock, systemClock } from './clock.ts'
import type { TokenStore } from './store.ts'

/** Keeps tokens in this process's memory until it ends. Never evicts. */
export function memoryStore(options: { readonly clock?: Clock | undefined } = {}): TokenStore {
  const clock = options.clock ?? systemClock()
  const entries = new Map<string, { readonly version: string; readonly value: string }>()
  const watchers = new Map<string, Set<AbortController>>()
  let writes = 0

  return {
    specVersion: 'v1',
    async get(key) {
      return { now: clock.now(), ...entries.get(key) }
    },
    async compareAndSet(key, expected, value) {
      if (entries.get(key)?.version !== expected) return { ok: false }
      writes += 1
      const version = String(writes)
      entries.set(key, { version, value })
      for (const watcher of watchers.get(key) ?? []) watcher.abort()
      watchers.delete(key)
      return { ok: true, version }
    },
    async waitForChange(key, version, { timeoutMs, signal }) {
      if (entries.get(key)?.version !== version || signal?.aborted) return
      const watcher = new AbortController()
      const stop = () => watcher.abort()
      watchers.set(key, (watchers.get(key) ?? new Set()).add(watcher))
      signal?.addEventListener('abort', stop, { once: true })
      await clock.sleep(timeoutMs, watcher.signal)
      signal?.removeEventListener('abort', stop)
      watchers.get(key)?.delete(watcher)
    },
    async *list() {
      yield* entries.keys()
    },
  }
}
