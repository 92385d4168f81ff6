import type { StoreAddress } from './open-store.ts'

/** What an operator does once. */
export async function prepareStore(address: StoreAddress): Promise<void> {
  if (address.kind !== 'postgres') return
  const { Client } = await import('pg')
  const { postgresSchema } = await import('@valetkey/store-postgres')
  const client = new Client({ host: '127.0.0.1', port: address.port, user: 'postgres', database: 'postgres' })
  await client.connect()
  await client.query(postgresSchema())
  await client.end()
}
