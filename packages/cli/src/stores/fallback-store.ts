import { memoryStore, type TokenStore } from '@valetkey/core'

/**
 * The store that `open` gives, opened at its first use; from the first failure on memory, which ends with the process. Only for
 * accounts whose tokens can be had again without a person.
 * @param onFallback told once, with what failed
 */
export function fallbackStore(open: () => Promise<TokenStore>, onFallback: (error: unknown) => void): TokenStore {
  const memory = memoryStore()
  let opened: Promise<TokenStore> | undefined
  let hasFailed = false

  const fail = (error: unknown): TokenStore => {
    if (!hasFailed) onFallback(error)
    hasFailed = true
    return memory
  }
  const current = async (): Promise<TokenStore> => {
    opened ??= open().catch(fail)
    const store = await opened
    return hasFailed ? memory : store
  }

  return {
    specVersion: 'v1',
    async get(key) {
      const store = await current()
      return await store.get(key).catch((error: unknown) => fail(error).get(key))
    },
    async compareAndSet(key, expected, value, options) {
      const store = await current()
      try {
        return await store.compareAndSet(key, expected, value, options)
      } catch (error) {
        // What is expected is a version of the store that failed.
        const { version } = await fail(error).get(key)
        return await memory.compareAndSet(key, version, value, options)
      }
    },
    async waitForChange(key, version, options) {
      const store = await current()
      return await store.waitForChange?.(key, version, options)
    },
  }
}
