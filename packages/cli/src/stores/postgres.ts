import type { TokenStore } from '@valetkey/core'
import { postgresStore, type QueryClient } from '@valetkey/store-postgres'
import { usageError } from '../cli-error.ts'
import { member } from '../json.ts'
import { connectionError, loadLibrary, type StoreAddress } from './library.ts'

/** A person waits for it. */
const CONNECT_TIMEOUT_MS = 10_000

interface Pool extends QueryClient {
  on(event: 'error', listener: () => void): unknown
  end(): Promise<void>
}

interface Library {
  readonly Pool: new (options: object) => Pool
}

export async function openPostgres(
  address: StoreAddress,
  roots: readonly string[],
): Promise<{ readonly store: TokenStore; close(): Promise<void> }> {
  const module = await loadLibrary('pg', roots)
  const library = member(module, 'default') ?? module
  if (!isLibrary(library)) throw usageError('the package "pg" must be version 8 or later')
  const options = { connectionString: address.url.href, max: 1, connectionTimeoutMillis: CONNECT_TIMEOUT_MS }
  const pool = new library.Pool(options)
  // Queries that fail say so themselves.
  pool.on('error', () => {})
  await pool.query('select 1', []).catch((error: unknown) => {
    throw connectionError(address, error)
  })
  const store = postgresStore(pool, { table: address.settings.get('table') ?? undefined })
  return { store, close: () => pool.end() }
}

function isLibrary(value: unknown): value is Library {
  return typeof member(value, 'Pool') === 'function'
}
