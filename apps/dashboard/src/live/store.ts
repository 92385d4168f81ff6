import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TokenStore } from '@valetkey/core'
import { fileStore } from '@valetkey/store-file'
import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { redisStore } from '@valetkey/store-redis'
import type { Environment } from '../vendors/environment.ts'
import { SetupError } from '../vendors/setup-error.ts'

/** What opens the same store in another process. Holds the database's password. */
export type StoreSetup =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'redis'; readonly url: string; readonly prefix: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly table: string }

export interface OpenedStore {
  readonly setup: StoreSetup
  readonly store: TokenStore
  /** Ends the connection; other processes may go on. */
  close(): Promise<void>
  /** Removes what was stored, and ends the connection. */
  remove(): Promise<void>
}

/** As long may it take to connect. ms */
const CONNECT_MS = 5_000

/**
 * A store for this run of the program alone.
 * @throws SetupError when Redis or the database cannot be reached
 */
export async function createStore({
  redisUrl,
  databaseUrl,
}: Pick<Environment, 'redisUrl' | 'databaseUrl'>): Promise<OpenedStore> {
  const run = randomUUID().slice(0, 8)
  if (redisUrl) {
    const opening = openStore({ kind: 'redis', url: redisUrl, prefix: `valetkey-dashboard-${run}:` })
    return reachable(opening, 'REDIS_URL')
  }
  if (databaseUrl) {
    const opening = createTable({ kind: 'postgres', url: databaseUrl, table: `valetkey_dashboard_${run}` })
    return reachable(opening, 'DATABASE_URL')
  }
  return openStore({ kind: 'file', path: await mkdtemp(join(tmpdir(), 'valetkey-dashboard-')) })
}

/** The error of a library may quote the URL, and so a password. */
async function reachable(opening: Promise<OpenedStore>, variable: string): Promise<OpenedStore> {
  return opening.catch(() => {
    throw new SetupError(`${variable} is set, and no store can be opened there`)
  })
}

export async function openStore(setup: StoreSetup): Promise<OpenedStore> {
  switch (setup.kind) {
    case 'file':
      return openFiles(setup)
    case 'redis':
      return openRedis(setup)
    case 'postgres':
      return openPostgres(setup)
  }
}

function openFiles(setup: Extract<StoreSetup, { kind: 'file' }>): OpenedStore {
  return {
    setup,
    store: fileStore({ path: setup.path }),
    close: async () => undefined,
    remove: () => rm(setup.path, { recursive: true, force: true }),
  }
}

/** The libraries are loaded only where they are used. */
async function openRedis(setup: Extract<StoreSetup, { kind: 'redis' }>): Promise<OpenedStore> {
  const { createClient } = await import('redis')
  let isOpen = false
  const reconnectStrategy = (retries: number) => (isOpen ? Math.min(retries * 50, 1_000) : false)
  const client = createClient({ url: setup.url, socket: { connectTimeout: CONNECT_MS, reconnectStrategy } })
  // The store tells of failures; without a listener they would end the program.
  client.on('error', () => undefined)
  await client.connect()
  isOpen = true
  const close = () => client.close()
  return {
    setup,
    store: redisStore(client, { prefix: setup.prefix }),
    close,
    async remove() {
      for await (const keys of client.scanIterator({ MATCH: `${setup.prefix}*` }))
        if (keys.length > 0) await client.del(keys)
      await close()
    },
  }
}

async function createTable(setup: Extract<StoreSetup, { kind: 'postgres' }>): Promise<OpenedStore> {
  const opened = await openPostgres(setup)
  await opened.query(postgresSchema(setup.table))
  return opened
}

async function openPostgres(
  setup: Extract<StoreSetup, { kind: 'postgres' }>,
): Promise<OpenedStore & { query(text: string): Promise<unknown> }> {
  const { Pool } = await import('pg')
  const pool = new Pool({ connectionString: setup.url, connectionTimeoutMillis: CONNECT_MS })
  pool.on('error', () => undefined)
  return {
    setup,
    store: postgresStore(pool, { table: setup.table }),
    query: (text) => pool.query(text),
    close: () => pool.end(),
    async remove() {
      await pool.query(`drop table if exists "${setup.table}"`)
      await pool.end()
    },
  }
}
