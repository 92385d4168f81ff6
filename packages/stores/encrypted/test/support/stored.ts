import type { TokenStore } from '@valetkey/core'

/** What a store holds for a key, as it is kept. */
export async function stored(store: TokenStore, key: string): Promise<{ version: string; value: string }> {
  const { version, value } = await store.get(key)
  if (value === undefined) throw new Error(`nothing is stored for ${key}`)
  return { version, value }
}

/** Puts a value in place of what is stored, as somebody with access to the store can. */
export async function plant(store: TokenStore, key: string, value: string): Promise<void> {
  const { version } = await store.get(key)
  const written = await store.compareAndSet(key, version, value)
  if (!written.ok) throw new Error('somebody else wrote')
}
