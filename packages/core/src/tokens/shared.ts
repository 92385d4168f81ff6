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
  /** Those asked for last, the latest at the end. */
  readonly kept: Map<string, Lifecycle>
  /** All others that a credential still holds, or work under way: through its acquirer, which is the credential's. */
  readonly released: Map<string, WeakRef<Lifecycle>>
  /** Absent in runtimes without weak references, which keep all. */
  readonly forget: FinalizationRegistry<string> | undefined
}

/** Held by the store object itself, so that nothing outlives it. */
const lifecyclesOfStore = new WeakMap<TokenStore, SharedLifecycles>()

/** Two credentials of one identity and store share memory and flight, even if they were made separately. */
export function sharedLifecycle(store: TokenStore, key: string, clock: Clock, windows: ExpiryWindows): Lifecycle {
  const shared = lifecyclesOfStore.get(store) ?? createSharedLifecycles()
  lifecyclesOfStore.set(store, shared)
  const { kept, released } = shared
  const lifecycle = kept.get(key) ?? released.get(key)?.deref() ?? new Lifecycle(clock, windows)
  kept.delete(key)
  kept.set(key, lifecycle)
  if (kept.size > KEPT_LIMIT) releaseOldest(shared)
  return lifecycle
}

/** The reference stays for as long as the lifecycle lives, even if it is kept again. */
function releaseOldest({ kept, released, forget }: SharedLifecycles): void {
  const [[key, lifecycle] = []] = kept
  if (key === undefined || !lifecycle || !forget) return
  kept.delete(key)
  if (released.get(key)?.deref() === lifecycle) return
  released.set(key, new WeakRef(lifecycle))
  forget.register(lifecycle, key)
}

function createSharedLifecycles(): SharedLifecycles {
  const released: SharedLifecycles['released'] = new Map()
  const hasWeakReferences = typeof WeakRef === 'function' && typeof FinalizationRegistry === 'function'
  const forget = (key: string): void => {
    if (!released.get(key)?.deref()) released.delete(key)
  }
  return { kept: new Map(), released, forget: hasWeakReferences ? new FinalizationRegistry(forget) : undefined }
}
