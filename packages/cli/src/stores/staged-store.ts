import { isCredentialError, memoryStore, type TokenStore } from '@valetkey/core'
import { CredentialError, checkRecord } from '@valetkey/core/kit'

/** A store whose writes become visible together, and only when they are committed. */
export interface StagedStore extends TokenStore {
  /**
   * Replaces the records of `target` with those written here, one by one; a sign-in wins over any stored record.
   * @throws what the target throws, and CredentialError `store_unavailable`
   */
  commit(): Promise<void>
}

type WriteOptions = Parameters<TokenStore['compareAndSet']>[3]

/** Others only write for a refresh, and stop when they see a sign-in. */
const ATTEMPTS = 20

/**
 * Begins empty, with the target's clock: a failed sign-in keeps the tokens of the previous one, and a successful
 * one uses none of them.
 */
export function stagedStore(target: TokenStore): StagedStore {
  const memory = memoryStore()
  const retention = new Map<string, WriteOptions>()
  let problem: { readonly error: unknown } | undefined
  return {
    specVersion: 'v1',
    async get(key) {
      const { now } = await placeOf(target, key).catch((error: unknown) => {
        problem = { error }
        throw error
      })
      return { ...(await memory.get(key)), now }
    },
    async compareAndSet(key, expected, value, options) {
      const written = await memory.compareAndSet(key, expected, value)
      if (written.ok) retention.set(key, options)
      return written
    },
    async commit() {
      // A credential may do without its store; a sign-in whose tokens are nowhere is none.
      if (problem !== undefined) throw problem.error
      for (const [key, options] of retention) {
        const { value } = await memory.get(key)
        if (value !== undefined) await put(target, key, value, options)
      }
    },
  }
}

/** Replaces a record. @throws CredentialError `record_unreadable` for what must stay */
export async function put(store: TokenStore, key: string, value: string, options?: WriteOptions): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { version } = await placeOf(store, key)
    if ((await store.compareAndSet(key, version, value, options)).ok) return
  }
  throw new CredentialError('store_unavailable', 'the store changes too fast to be written', { vendor: 'store' })
}

/** What a write has to expect: a damaged record gives its place. */
async function placeOf(store: TokenStore, key: string): ReturnType<typeof checkRecord> {
  try {
    return await checkRecord(store, key)
  } catch (error) {
    const damaged = isCredentialError(error, 'record_unreadable') ? error.damaged : undefined
    if (damaged) return damaged
    throw error
  }
}
