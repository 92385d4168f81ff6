import { createClient, type RedisClientType } from 'redis'

/** Each process makes so many, one after the other. */
export const REQUESTS = 40

export async function openClient(port: number): Promise<RedisClientType> {
  const client: RedisClientType = createClient({ socket: { host: '127.0.0.1', port } })
  client.on('error', ({ message }: Error) => console.error(`Redis: ${message}`))
  return client.connect()
}

/** What a process prints. */
export interface ProcessResult {
  /** ms, of each request. */
  readonly waits: readonly number[]
  readonly failed: number
}
