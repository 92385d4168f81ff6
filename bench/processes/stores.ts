import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TokenStore } from '@valetkey/core'
import { fileStore } from '@valetkey/store-file'
import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { redisStore } from '@valetkey/store-redis'
import { Client, Pool } from 'pg'
import { createClient } from 'redis'

export const STORES = ['file', 'Redis', 'Postgres'] as const
export type StoreKind = (typeof STORES)[number]

/** A store for one measurement: a folder, a prefix, a table. */
export interface StoreAddress {
  readonly kind: StoreKind
  readonly place: string
}

const REDIS_URL = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'
export const DATABASE_URL = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'

/** @throws when there is no such server */
export async function prepareStore(kind: StoreKind): Promise<{ address: StoreAddress; remove(): Promise<void> }> {
  const name = `valetkey_bench_${process.pid}_${Date.now()}`
  if (kind === 'file') {
    const place = await mkdtemp(join(tmpdir(), 'valetkey-bench-'))
    return { address: { kind, place }, remove: () => rm(place, { recursive: true }) }
  }
  if (kind === 'Redis') {
    const client = await connectRedis()
    const remove = async (): Promise<void> => {
      for await (const keys of client.scanIterator({ MATCH: `${name}:*` })) if (keys.length > 0) await client.del(keys)
      client.destroy()
    }
    return { address: { kind, place: `${name}:` }, remove }
  }
  const client = new Client(DATABASE_URL)
  await client.connect()
  await client.query(postgresSchema(name))
  const remove = async (): Promise<void> => {
    await client.query(`drop table "${name}"`)
    await client.end()
  }
  return { address: { kind, place: name }, remove }
}

/** As a program opens it: those that can tell of changes do. */
export async function openStore({ kind, place }: StoreAddress): Promise<{ store: TokenStore; close(): Promise<void> }> {
  if (kind === 'file') return { store: fileStore({ path: place }), close: async () => {} }
  if (kind === 'Redis') {
    const [client, subscriber] = await Promise.all([connectRedis(), connectRedis()])
    const close = async (): Promise<void> => {
      client.destroy()
      subscriber.destroy()
    }
    return { store: redisStore(client, { prefix: place, subscriber }), close }
  }
  const pool = new Pool({ connectionString: DATABASE_URL, max: 2 })
  return { store: postgresStore(pool, { table: place }), close: () => pool.end() }
}

/** @throws when there is no such server */
export async function connectRedis() {
  const client = createClient({ url: REDIS_URL, socket: { reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  return client
}
