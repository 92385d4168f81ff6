import { fileURLToPath } from 'node:url'
import type { TokenStore } from '@valetkey/core'
import { type EncryptedStore, encryptedStore } from '@valetkey/store-encrypted'
import { usageError } from '../cli-error.ts'
import type { Io } from '../io.ts'
import { parseKeys } from './key-text.ts'
import type { StoreAddress } from './library.ts'

/** A store that servers use too. */
export interface SharedStore {
  /** Encrypted when VALETKEY_STORE_KEY is set. */
  readonly store: TokenStore & Partial<Pick<EncryptedStore, 'rotateKeys'>>
  close(): Promise<void>
}

type Open = (
  address: StoreAddress,
  roots: readonly string[],
) => Promise<{ readonly store: TokenStore; close(): Promise<void> }>

const redis: Open = async (address, roots) => (await import('./redis.ts')).openRedis(address, roots)
const postgres: Open = async (address, roots) => (await import('./postgres.ts')).openPostgres(address, roots)
/** What opens a store of this kind, and the client library that it needs. */
const KINDS: ReadonlyMap<string, { readonly open: Open; readonly library?: string }> = new Map([
  ['redis:', { open: redis, library: 'redis' }],
  ['rediss:', { open: redis, library: 'redis' }],
  ['postgres:', { open: postgres, library: 'pg' }],
  ['postgresql:', { open: postgres, library: 'pg' }],
  ['file:', { open: openFile }],
])

/** @throws CliError `usage` unless it is the URL of a store, without quoting it: it may hold a password */
export function parseStoreAddress(text: string): StoreAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const kind = KINDS.get(url?.protocol ?? '')
  if (url === undefined || kind === undefined) {
    throw usageError('the store must be a URL that begins with redis://, rediss://, postgres:// or file:')
  }
  const { protocol, host, pathname, hash } = url
  const settings = new URLSearchParams(hash.slice(1))
  url.hash = ''
  return { url, label: `${protocol}//${host}${pathname}${hash}`, library: kind.library, settings }
}

export async function openSharedStore(
  address: StoreAddress,
  { env }: Pick<Io, 'env'>,
  roots: readonly string[],
): Promise<SharedStore> {
  const keys = env.VALETKEY_STORE_KEY ? parseKeys('VALETKEY_STORE_KEY', env.VALETKEY_STORE_KEY) : undefined
  const { open } = KINDS.get(address.url.protocol) ?? { open: openFile }
  const { store, close } = await open(address, roots)
  return { store: keys === undefined ? store : encryptedStore(store, { keys }), close }
}

async function openFile({ url }: StoreAddress): ReturnType<Open> {
  const { fileStore } = await import('@valetkey/store-file')
  return { store: fileStore({ path: fileURLToPath(url) }), close: async () => {} }
}
