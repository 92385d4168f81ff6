import { hasMethods, type WithMethods } from '@valetkey/core/kit'
import { type Connection, type Subscriber, type SubscriberEvents, watchConnection } from './connection.ts'
import { storeError } from './errors.ts'
import { listOf, scanPages, textOf } from './reply.ts'

/** Distinguishes the clients of ioredis and iovalkey: `new Redis()`, also with Sentinels, and `new Cluster()`. */
export interface IoRedisClient {
  eval(script: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  evalsha(sha1: string, numberOfKeys: number, ...keysAndArguments: string[]): Promise<unknown>
  pipeline(): {
    exists(key: string): unknown
    wait(replicas: number, timeoutMs: number): unknown
    exec(): Promise<unknown>
  }
}

export function isIoRedis(client: unknown): client is IoRedisClient {
  return hasMethods(client, ['eval', 'evalsha', 'pipeline'])
}

export function ioRedisConnection(client: IoRedisClient): Connection {
  return {
    async evaluate({ command, script, key, args, wait }) {
      const method = command === 'eval' ? 'eval' : 'evalsha'
      const reply = await client[method](script, 1, key, ...args)
      return wait ? { reply, confirmed: await waitAt(client, key, wait.replicas, wait.timeoutMs) } : { reply }
    },
    async *scan(pattern) {
      for (const node of nodesOf(client)) {
        yield* scanPages(async (cursor, count) => {
          const [next, keys] = listOf(await node.scan(cursor, 'MATCH', pattern, 'COUNT', count))
          return { cursor: next, keys }
        })
      }
    },
  }
}

/** `undefined`: not a client of these libraries that can subscribe. Listens to `client` only while it is subscribed. */
export function ioRedisSubscriber(client: unknown, events: SubscriberEvents): Subscriber | undefined {
  if (!isIoRedis(client) || !hasMethods(client, ['on', 'off', 'subscribe', 'unsubscribe'])) return undefined
  const listener = (channel: unknown, message: unknown): void => events.onMessage(textOf(channel), textOf(message))
  const connection = watchConnection(client, events.onInterrupted)
  const channels = new Set<string>()
  return {
    async subscribe(channel) {
      if (channels.size === 0) client.on('message', listener)
      channels.add(channel)
      connection.watch(true)
      await client.subscribe(channel)
    },
    async unsubscribe(channel) {
      channels.delete(channel)
      if (channels.size === 0) client.off('message', listener)
      connection.watch(channels.size > 0)
      await client.unsubscribe(channel)
    },
    isConnected: () => !connection.isLost() && !('status' in client && LOST.includes(client.status)),
  }
}

/** `status` of a client that has been connected. */
const LOST: readonly unknown[] = ['close', 'reconnecting', 'end']

/**
 * WAIT has no key, so a Cluster client would send it to any node; after a command with the key it uses the connection to
 * the key's node. It is sent after the script, not with it: a pipeline with WAIT does not follow MOVED.
 */
async function waitAt(client: IoRedisClient, key: string, replicas: number, timeoutMs: number): Promise<unknown> {
  const pipeline = client.pipeline()
  pipeline.exists(key)
  pipeline.wait(replicas, timeoutMs)
  const [, waited] = listOf(await pipeline.exec())
  const [error, confirmed] = listOf(waited)
  // `null` if it succeeded.
  if (error) throw storeError(error, key)
  return confirmed
}

function nodesOf(client: IoRedisClient): WithMethods<'scan'>[] {
  const isCluster = 'isCluster' in client && client.isCluster === true && hasMethods(client, ['nodes'])
  return listOf(isCluster ? client.nodes('master') : [client]).filter((node) => hasMethods(node, ['scan']))
}
