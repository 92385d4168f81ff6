import type { PostgresClient, PostgresListener } from '@valetkey/store-postgres'
import { Client, Pool } from 'pg'
import postgres from 'postgres'
import { DATABASE } from './postgres-server.ts'

export interface OpenClient {
  readonly client: PostgresClient
  close(): Promise<void>
}

export type Isolation = 'read committed' | 'repeatable read' | 'serializable'

export interface ClientLibrary {
  readonly name: string
  open(port: number, isolation?: Isolation): Promise<OpenClient>
}

export const pgPool: ClientLibrary = {
  name: 'Pool of pg',
  async open(port, isolation = 'read committed') {
    const pool = new Pool({ ...DATABASE, port, max: 5, options: optionsFor(isolation) })
    pool.on('error', () => {})
    return { client: pool, close: () => pool.end() }
  },
}

export const pgClient: ClientLibrary = {
  name: 'Client of pg',
  open: openSession,
}

export const postgresJs: ClientLibrary = {
  name: 'postgres.js',
  async open(port, isolation = 'read committed') {
    const sql = openSql(port, isolation)
    return { client: sql, close: () => sql.end({ timeout: 0 }) }
  },
}

/** Each statement runs in whatever session is free, and nothing of it stays there: as behind a transaction pooler. */
const pooler: ClientLibrary = {
  name: 'pg behind a transaction pooler',
  async open(port) {
    const pool = new Pool({ ...DATABASE, port, max: 3 })
    return {
      client: {
        async query(text, values) {
          const session = await pool.connect()
          try {
            return await session.query(text, values)
          } finally {
            await session.query('discard all')
            session.release()
          }
        },
      },
      close: () => pool.end(),
    }
  },
}

export const LIBRARIES: readonly ClientLibrary[] = [pgPool, postgresJs, pgClient, pooler]

export interface OpenListener {
  readonly listener: PostgresListener
  close(): Promise<void>
}

export async function openListener(library: ClientLibrary, port: number): Promise<OpenListener> {
  if (library === postgresJs) {
    const sql = openSql(port, 'read committed')
    return { listener: sql, close: () => sql.end({ timeout: 0 }) }
  }
  const { client, close } = await openSession(port)
  return { listener: client, close }
}

async function openSession(
  port: number,
  isolation: Isolation = 'read committed',
): Promise<{ client: Client; close(): Promise<void> }> {
  const client = new Client({ ...DATABASE, port, options: optionsFor(isolation) })
  client.on('error', () => {})
  await client.connect()
  return { client, close: () => client.end() }
}

function openSql(port: number, isolation: Isolation): postgres.Sql {
  const { host, user, database } = DATABASE
  const connection = { default_transaction_isolation: isolation }
  return postgres({ host, user, database, port, max: 5, connection, onnotice: () => {} })
}

function optionsFor(isolation: Isolation): string {
  return `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`
}
