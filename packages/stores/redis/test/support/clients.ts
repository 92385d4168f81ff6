import type { RedisClient } from '@valetkey/store-redis'
import { Redis as IoRedis6 } from 'ioredis'
import { Redis as IoRedis5 } from 'ioredis-5'
import { Redis as IoValkey } from 'iovalkey'
import { createClient as createNodeRedis6 } from 'redis'
import { createClient as createNodeRedis5 } from 'redis-5'

export interface OpenClient {
  readonly client: RedisClient
  close(): void
}

export interface ClientLibrary {
  readonly name: string
  /** Whether it sends a command again when the connection broke before the answer. */
  readonly sendsAgain: boolean
  open(port: number): Promise<OpenClient>
}

const HOST = '127.0.0.1'

export const nodeRedis: ClientLibrary = {
  name: 'node-redis 6',
  sendsAgain: false,
  async open(port) {
    const client = createNodeRedis6({ socket: { host: HOST, port } })
    client.on('error', ignore)
    await client.connect()
    return { client, close: () => client.destroy() }
  },
}

export const ioRedis: ClientLibrary = {
  name: 'ioredis 6',
  sendsAgain: true,
  open: async (port) => opened(new IoRedis6({ host: HOST, port })),
}

export const LIBRARIES: readonly ClientLibrary[] = [
  nodeRedis,
  ioRedis,
  {
    name: 'node-redis 5',
    sendsAgain: false,
    async open(port) {
      const client = createNodeRedis5({ socket: { host: HOST, port } })
      client.on('error', ignore)
      await client.connect()
      return { client, close: () => client.destroy() }
    },
  },
  { name: 'ioredis 5', sendsAgain: true, open: async (port) => opened(new IoRedis5({ host: HOST, port })) },
  { name: 'iovalkey', sendsAgain: true, open: async (port) => opened(new IoValkey({ host: HOST, port })) },
]

function opened(client: IoRedis6 | IoRedis5 | IoValkey): OpenClient {
  client.on('error', ignore)
  return { client, close: () => client.disconnect() }
}

function ignore(): void {}
