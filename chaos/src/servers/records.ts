import { cp, readdir, rename, rm } from 'node:fs/promises'
import type { Client } from 'pg'
import type { Records } from './store-server.ts'

const COPY_ATTEMPTS = 20

export function fileRecords(path: string): Records {
  let copies = 0
  return {
    async snapshot() {
      copies += 1
      const copy = `${path}.copy-${copies}`
      await copyOf(path, copy)
      return async () => {
        await rename(path, `${copy}.gone`)
        await rename(copy, path)
      }
    },
  }
}

/** As a snapshot of a file system is: of one moment. A copy during which the store wrote is made again. */
async function copyOf(path: string, copy: string): Promise<void> {
  for (let attempt = 1; attempt <= COPY_ATTEMPTS; attempt += 1) {
    const before = await namesIn(path)
    const isWhole = await cp(path, copy, { recursive: true }).then(
      () => true,
      () => false,
    )
    if (isWhole && (await namesIn(path)) === before) return
    await rm(copy, { recursive: true, force: true })
  }
  throw new Error('the store wrote during every copy')
}

/** Each record has its own file, with a new name. */
async function namesIn(path: string): Promise<string> {
  return (await readdir(path, { recursive: true })).toSorted().join('\n')
}

const LOCK_LIMIT_MS = 60_000

export function redisRecords(port: number): Records {
  const connect = async () => {
    const { createClient } = await import('redis')
    const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } })
    return client.on('error', () => {}).connect()
  }
  return {
    async snapshot() {
      const { RESP_TYPES } = await import('redis')
      const client = await connect()
      const raw = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
      const keys = await client.keys('*')
      const records = await Promise.all(
        keys.map(async (key) => ({ key, dump: await raw.dump(key), ttl: Math.max(0, await client.pTTL(key)) })),
      )
      client.destroy()
      return async () => {
        const again = await connect()
        const transaction = again.multi().flushAll()
        for (const { key, dump, ttl } of records) if (dump) transaction.restore(key, ttl, dump)
        await transaction.exec()
        again.destroy()
      }
    },
    async lock() {
      const client = await connect()
      await client.sendCommand(['CLIENT', 'PAUSE', String(LOCK_LIMIT_MS), 'WRITE'])
      return async () => {
        await client.sendCommand(['CLIENT', 'UNPAUSE'])
        client.destroy()
      }
    },
  }
}

export function postgresRecords(port: number): Records {
  const connect = async (): Promise<Client> => {
    const pg = await import('pg')
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  return {
    async snapshot() {
      const client = await connect()
      await client.query('drop table if exists records_then; create table records_then as table valetkey_tokens')
      await client.end()
      return async () => {
        const again = await connect()
        await again.query(
          'begin; delete from valetkey_tokens; insert into valetkey_tokens select * from records_then; commit',
        )
        await again.end()
      }
    },
    async lock() {
      const client = await connect()
      await client.query('begin; select * from valetkey_tokens for update')
      return () => client.end()
    },
  }
}
