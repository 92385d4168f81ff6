import type { TokenStore } from '../store.ts'
import type { Clock } from '../time.ts'
import { Lifecycle } from './lifecycle.ts'
import type { ExpiryWindows } from './record.ts'

/**
 * So many accounts of a store are kept although no credential of theirs is: a server may make a credential for each request. With
 * an access token of 900 characters they take 2 kB each. Of an account beyond that a process knows no more than one that has
 * just started: the next use reads the store, and a store that has gone back to an older record is believed.
 */
const KEPT_LIMIT = 5_000

interface SharedLifecycles {
  /** All that a credential still holds, or work under way: through its acquirer, which is the credential's. */
  readonly all: Map<string, WeakRef<Lifecycle>>
  /** Those asked for last, the latest at the end. */
  readonly kept: Map<string, Lifecycle>
  /** Absent in runtimes without weak references, which keep all. */
  readonly forget: FinalizationRegistry<string> | undefined
}

/** Held by the store object itself, so that nothing outlives it. */
const lifecyclesOfStore = new WeakMap<TokenStore, SharedLifecycles>()

/** Two credentials of one identity and store share memory and flight, whoever made them. */
export function sharedLifecycle(store: TokenStore, key: string, clock: Clock, windows: ExpiryWindows): Lifecycle {
  const shared = lifecyclesOfStore.get(store) ?? createSharedLifecycles()
  lifecyclesOfStore.set(store, shared)
  const { all, kept, forget } = shared
  const known = kept.get(key) ?? all.get(key)?.deref()
  const lifecycle = known ?? new Lifecycle(clock, windows)
  if (!known && forget) {
    all.set(key, new WeakRef(lifecycle))
    forget.register(lifecycle, key)
  }
  kept.delete(key)
  kept.set(key, lifecycle)
  if (kept.size > KEPT_LIMIT && forget) {
    const [oldest = key] = kept.keys()
    kept.delete(oldest)
  }
  return lifecycle
}

function createSharedLifecycles(): SharedLifecycles {
  const all: SharedLifecycles['all'] = new Map()
  const hasWeakReferences = typeof WeakRef === 'function' && typeof FinalizationRegistry === 'function'
  const forget = (key: string): void => {
    if (!all.get(key)?.deref()) all.delete(key)
  }
  return { all, kept: new Map(), forget: hasWeakReferences ? new FinalizationRegistry(forget) : undefined }
}
