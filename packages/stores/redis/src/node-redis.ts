import { hasMethods } from '@valetkey/core/kit'
import {
  type Connection,
  type Evaluated,
  type Evaluation,
  type Subscriber,
  type SubscriberEvents,
  type Wait,
  watchConnection,
} from './connection.ts'
import { listOf, type Page, scanPages, textOf } from './reply.ts'

/** Distinguishes the clients of node-redis: `createClient()`, `createCluster()`, `createSentinel()`. */
export interface NodeRedisClient {
  eval(script: string, options: EvalOptions): Promise<unknown>
  evalSha(sha1: string, options: EvalOptions): Promise<unknown>
  multi(): {
    eval(script: string, options: EvalOptions): unknown
    evalSha(sha1: string, options: EvalOptions): unknown
    wait(replicas: number, timeoutMs: number): unknown
    execAsPipeline(): Promise<unknown>
  }
}

interface EvalOptions {
  keys: string[]
  arguments: string[]
}

/** A client that is connected to one server. */
interface Node {
  scan(cursor: string, options: { MATCH: string; COUNT: number }): Promise<Page>
}

export function isNodeRedis(client: unknown): client is NodeRedisClient {
  return hasMethods(client, ['eval', 'evalSha', 'multi'])
}

export function nodeRedisConnection(client: NodeRedisClient): Connection {
  return {
    async evaluate(evaluation) {
      const { command, script, wait } = evaluation
      if (wait) return evaluateAndWait(client, evaluation, wait)
      return { reply: await client[command](script, evalOptions(evaluation)) }
    },
    async *scan(pattern) {
      for (const node of await nodesOf(client)) {
        yield* scanPages((cursor, count) => node.scan(cursor, { MATCH: pattern, COUNT: count }))
      }
    },
  }
}

/** `undefined`: not a client of this library that can subscribe. Listens to `client` only while it is subscribed. */
export function nodeRedisSubscriber(client: unknown, events: SubscriberEvents): Subscriber | undefined {
  if (!isNodeRedis(client) || !hasMethods(client, ['subscribe', 'unsubscribe'])) return undefined
  const listener = (message: unknown, channel: unknown): void => events.onMessage(textOf(channel), textOf(message))
  const connection = watchConnection(client, events.onInterrupted)
  const channels = new Set<string>()
  return {
    async subscribe(channel) {
      channels.add(channel)
      connection.watch(true)
      await client.subscribe(channel, listener)
    },
    async unsubscribe(channel) {
      channels.delete(channel)
      connection.watch(channels.size > 0)
      await client.unsubscribe(channel, listener)
    },
    isConnected: () => !connection.isLost() && !('isReady' in client && client.isReady === false),
  }
}

/** In one pipeline: the pool of a Sentinel client could use another connection for WAIT, which has no write to wait for. */
async function evaluateAndWait(client: NodeRedisClient, evaluation: Evaluation, wait: Wait): Promise<Evaluated> {
  const pipeline = client.multi()
  pipeline[evaluation.command](evaluation.script, evalOptions(evaluation))
  pipeline.wait(wait.replicas, wait.timeoutMs)
  const [reply, confirmed] = listOf(await pipeline.execAsPipeline())
  return { reply, confirmed }
}

function evalOptions({ key, args }: Evaluation): EvalOptions {
  return { keys: [key], arguments: [...args] }
}

async function nodesOf(client: NodeRedisClient): Promise<Node[]> {
  const isCluster = 'masters' in client && hasMethods(client, ['nodeClient'])
  const nodes = isCluster ? listOf(client.masters).map(async (master) => client.nodeClient(master)) : [client]
  return (await Promise.all<unknown>(nodes)).filter(isNode)
}

function isNode(client: unknown): client is Node {
  return hasMethods(client, ['scan'])
}
