import { fileURLToPath } from 'node:url'
import type { TokenStore } from '@valetkey/core'
import { type EncryptedStore, encryptedStore } from '@valetkey/store-encrypted'
import { usageError } from '../cli-error.ts'
import type { Io } from '../io.ts'
import { parseKeys } from './key-text.ts'

/** A store that servers use too. */
export interface SharedStore {
  /** Encrypted when VALETKEY_STORE_KEY is set. */
  readonly store: TokenStore & Partial<Pick<EncryptedStore, 'rotateKeys'>>
  close(): Promise<void>
}

/** What every kind of shared store is opened with. */
export interface StoreAddress {
  readonly url: URL
  /** Without user name, password and query: it may be shown. */
  readonly label: string
  /** What stands behind `#`: `prefix` (Redis), `table` (Postgres). It never reaches the server. */
  readonly settings: URLSearchParams
}

type Open = (address: StoreAddress, cwd: string) => Promise<{ readonly store: TokenStore; close(): Promise<void> }>

const redis: Open = async (address, cwd) => (await import('./redis.ts')).openRedis(address, cwd)
const postgres: Open = async (address, cwd) => (await import('./postgres.ts')).openPostgres(address, cwd)
const KINDS: ReadonlyMap<string, Open> = new Map([
  ['redis:', redis],
  ['rediss:', redis],
  ['postgres:', postgres],
  ['postgresql:', postgres],
  ['file:', openFile],
])

/** @throws CliError `usage` for anything but the URL of a store, without quoting it: it may hold a password */
export function parseStoreAddress(text: string): StoreAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !KINDS.has(url.protocol)) {
    throw usageError('the store must be a URL that begins with redis://, rediss://, postgres:// or file:')
  }
  const { protocol, host, pathname, hash } = url
  const settings = new URLSearchParams(hash.slice(1))
  url.hash = ''
  return { url, label: `${protocol}//${host}${pathname}${hash}`, settings }
}

export async function openSharedStore(
  address: StoreAddress,
  { env, cwd }: Pick<Io, 'env' | 'cwd'>,
): Promise<SharedStore> {
  const keys = env.VALETKEY_STORE_KEY ? parseKeys('VALETKEY_STORE_KEY', env.VALETKEY_STORE_KEY) : undefined
  const open = KINDS.get(address.url.protocol) ?? openFile
  const { store, close } = await open(address, cwd)
  return { store: keys === undefined ? store : encryptedStore(store, { keys }), close }
}

async function openFile({ url }: StoreAddress): ReturnType<Open> {
  const { fileStore } = await import('@valetkey/store-file')
  return { store: fileStore({ path: fileURLToPath(url) }), close: async () => {} }
}
