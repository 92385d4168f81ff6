import { indexedDbStore } from '@valetkey/store-indexeddb'

/** Tries to count up so many times; resolves with how many tries won. */
export async function count(attempts: number): Promise<number> {
  const store = indexedDbStore()
  let wins = 0
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const { version, value } = await store.get('count')
    const written = await store.compareAndSet('count', version, String(Number(value ?? 0) + 1))
    if (written.ok) wins += 1
  }
  return wins
}
