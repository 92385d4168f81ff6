import type { CredentialErrorInit, TokenStore } from '@valetkey/core'
import { CredentialError, isCredentialError } from '@valetkey/core'
import { generateRandomState } from 'oauth4webapi'
import { sha256 } from './sha256.ts'
import { signInFailed } from './sign-in-error.ts'

/** As long as a sign-in may take: after that its state is refused for its age. */
const RETAIN_MS = 10 * 60_000

/** In place of the mark of a state that may be used again. */
const FREE = '{"v":1}'

/**
 * Marks a sign-in's state as used, for all programs that share the store. The store sees a digest of it.
 *
 * @returns takes the mark back
 * @throws CredentialError `sign_in_failed` (`already_used`), `store_unavailable`, `record_unreadable`
 */
export async function markUsed(
  store: TokenStore,
  identity: readonly string[],
  state: string,
  of: CredentialErrorInit,
): Promise<() => Promise<void>> {
  const key = JSON.stringify(['vk1-state', of.vendor, ...identity, await sha256(state)])
  const mark = JSON.stringify({ v: 1, usedBy: generateRandomState() })
  const version = await storing(of, async () => {
    const before = await store.get(key)
    if (before.value !== undefined && before.value !== FREE) return undefined
    return write(store, key, before.version, mark)
  })
  if (version === undefined) throw signInFailed('already_used', 'this sign-in has been completed already', of)
  return async () => {
    await store.compareAndSet(key, version, FREE, { retainMs: RETAIN_MS }).catch(() => undefined)
  }
}

/** The mark's version; undefined when somebody else was first. */
async function write(
  store: TokenStore,
  key: string,
  expected: string | undefined,
  mark: string,
): Promise<string | undefined> {
  try {
    const written = await store.compareAndSet(key, expected, mark, { retainMs: RETAIN_MS })
    return written.ok ? written.version : undefined
  } catch (error) {
    // Nobody knows whether it was applied: a mark that is there is this one or another's.
    const { value, version } = await store.get(key)
    if (value === undefined || value === FREE) throw error
    return value === mark ? version : undefined
  }
}

/** The store's own words are not passed on. */
async function storing<T>(of: CredentialErrorInit, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isCredentialError(error)) throw error
    throw new CredentialError('store_unavailable', `${of.vendor}: the token store cannot be used`, of)
  }
}
