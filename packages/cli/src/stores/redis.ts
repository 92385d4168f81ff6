import type { TokenStore } from '@valetkey/core'
import { type RedisClient, redisStore } from '@valetkey/store-redis'
import { usageError } from '../cli-error.ts'
import { member } from '../json.ts'
import { connectionError, loadLibrary, type StoreAddress } from './library.ts'

/** A person waits for it. */
const CONNECT_TIMEOUT_MS = 10_000

type Client = RedisClient & {
  connect(): Promise<unknown>
  on(event: 'error', listener: () => void): unknown
  destroy(): void
}

interface Library {
  createClient(options: object): Client
}

export async function openRedis(
  address: StoreAddress,
  roots: readonly string[],
): Promise<{ readonly store: TokenStore; close(): Promise<void> }> {
  const library = await loadLibrary('redis', roots)
  if (!isLibrary(library)) throw usageError('the package "redis" must be version 5 or later')
  const socket = { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false }
  const client = library.createClient({ url: address.url.href, socket })
  // Commands that fail say so themselves.
  client.on('error', () => {})
  await client.connect().catch((error: unknown) => {
    throw connectionError(address, error)
  })
  const store = redisStore(client, { prefix: address.settings.get('prefix') ?? undefined })
  return { store, close: async () => client.destroy() }
}

function isLibrary(value: unknown): value is Library {
  return typeof member(value, 'createClient') === 'function'
}
