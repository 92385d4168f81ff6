import { MAX_TARGETS, viewOf } from '../refresh/run.ts'
import type { TokenStore } from '../store.ts'
import type { Clock } from '../time.ts'
import { createTargetLifecycle, type Family, type Lifecycle } from './lifecycle.ts'
import type { ExpiryWindows } from './record.ts'

/**
 * So many accounts of a store are kept although no credential of theirs is: a server may make a credential for each request. With
 * an access token of 900 characters they take 5.5 kB each. Of an account beyond that a process knows no more than one that has
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

/** Two credentials of one identity and store share memory and flight, whoever made them. */
export function sharedLifecycle(store: TokenStore, key: string, create: () => Lifecycle): Lifecycle {
  const shared = lifecyclesOfStore.get(store) ?? createSharedLifecycles()
  lifecyclesOfStore.set(store, shared)
  const { kept, released, forget } = shared
  const lifecycle = kept.get(key) ?? released.get(key)?.deref() ?? create()
  if (released.delete(key)) forget?.unregister(lifecycle)
  kept.delete(key)
  kept.set(key, lifecycle)
  if (kept.size > KEPT_LIMIT && forget) releaseOldest(kept, released, forget)
  return lifecycle
}

function releaseOldest(
  kept: SharedLifecycles['kept'],
  released: SharedLifecycles['released'],
  forget: FinalizationRegistry<string>,
): void {
  for (const [key, lifecycle] of kept) {
    kept.delete(key)
    released.set(key, new WeakRef(lifecycle))
    forget.register(lifecycle, key, lifecycle)
    return
  }
}

function createSharedLifecycles(): SharedLifecycles {
  const released: SharedLifecycles['released'] = new Map()
  const hasWeakReferences = typeof WeakRef === 'function' && typeof FinalizationRegistry === 'function'
  const forget = (key: string): void => {
    if (!released.get(key)?.deref()) released.delete(key)
  }
  return { kept: new Map(), released, forget: hasWeakReferences ? new FinalizationRegistry(forget) : undefined }
}

/** Of the grant's own target. */
export function createLifecycle(clock: Clock, windows: ExpiryWindows): Lifecycle {
  /** By target, those asked for last at the end. A forgotten one is to the others as one of another process. */
  const members = new Map<string | undefined, { readonly lifecycle: Lifecycle; drain(): Promise<void> }>()
  const family: Family = {
    known: { newest: undefined },
    of(target) {
      const member = members.get(target) ?? createTargetLifecycle(clock, windows, family, target)
      members.delete(target)
      members.set(target, member)
      for (const oldest of members.keys())
        if (members.size > MAX_TARGETS + 1 && oldest !== undefined) members.delete(oldest)
      return member.lifecycle
    },
    replaced(snapshot) {
      for (const [target, { lifecycle }] of members) {
        lifecycle.memory.clear()
        lifecycle.memory.remember({ ...snapshot, record: snapshot.record && viewOf(snapshot.record, target) })
      }
    },
    async drain() {
      await Promise.all([...members.values()].map((member) => member.drain()))
    },
  }
  return family.of(undefined)
}
