import { setTimeout as pause } from 'node:timers/promises'
import type { TokenStore } from '@valetkey/core'
import type { Client, ClientConfig } from 'pg'
import type { StoreKind } from './options.ts'

const CONNECT_AGAIN_MS = 100

/** Where a store is: a loopback port, or a folder. */
export type StoreAddress =
  | { readonly kind: Exclude<StoreKind, 'file'>; readonly port: number }
  | { readonly kind: 'file'; readonly path: string }

export interface OpenStore {
  readonly store: TokenStore
  close(): Promise<void>
}

/** A store as a program opens it; only the client library of that kind is loaded. A server that is down is waited for. */
export async function openStore(address: StoreAddress): Promise<OpenStore> {
  switch (address.kind) {
    case 'file':
      return openFile(address.path)
    case 'redis':
      return openRedis(address.port)
    case 'postgres':
      return openPostgres(address.port)
  }
}

async function openFile(path: string): Promise<OpenStore> {
  const { fileStore } = await import('@valetkey/store-file')
  return { store: fileStore({ path }), close: async () => {} }
}

async function openRedis(port: number): Promise<OpenStore> {
  const { createClient } = await import('redis')
  const { redisStore } = await import('@valetkey/store-redis')
  const client = createClient({ socket: { host: '127.0.0.1', port } })
  const subscriber = client.duplicate()
  for (const each of [client, subscriber]) {
    each.on('error', () => {})
    await each.connect()
  }
  const close = async (): Promise<void> => {
    client.destroy()
    subscriber.destroy()
  }
  return { store: redisStore(client, { subscriber }), close }
}

async function openPostgres(port: number): Promise<OpenStore> {
  const { Pool } = await import('pg')
  const { postgresStore } = await import('@valetkey/store-postgres')
  const settings = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
  const pool = new Pool({ ...settings, max: 4 })
  pool.on('error', () => {})
  const listener = await connectWhenUp(settings)
  const close = async (): Promise<void> => {
    await Promise.all([pool.end(), listener.end()])
  }
  return { store: postgresStore(pool, { listener }), close }
}

/** Unlike a pool, a client connects once: when its connection is lost, the store does without it. */
async function connectWhenUp(settings: ClientConfig): Promise<Client> {
  const { Client } = await import('pg')
  for (;;) {
    const client = new Client(settings)
    client.on('error', () => {})
    try {
      await client.connect()
      return client
    } catch {
      await pause(CONNECT_AGAIN_MS)
    }
  }
}
