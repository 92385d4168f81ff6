import type { Lifecycle } from './lifecycle.ts'
import type { TokenStore } from './store.ts'

/**
 * Two credentials of one identity and store share memory and flight, whoever made them. Held by the store object itself, so
 * that nothing outlives it.
 */
const lifecyclesOfStore = new WeakMap<TokenStore, Map<string, Lifecycle>>()

export function sharedLifecycle(store: TokenStore, key: string, create: () => Lifecycle): Lifecycle {
  const lifecycles = lifecyclesOfStore.get(store) ?? new Map<string, Lifecycle>()
  lifecyclesOfStore.set(store, lifecycles)
  const lifecycle = lifecycles.get(key) ?? create()
  lifecycles.set(key, lifecycle)
  return lifecycle
}
