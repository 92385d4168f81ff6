import { invalidOption, knownOptions, type OptionNames } from '@valetkey/core/kit'
import type { Connection, Wait } from './connection.ts'
import { PACKAGE } from './errors.ts'
import { type IoRedisClient, ioRedisConnection, ioRedisSubscriber, isIoRedis } from './ioredis.ts'
import { isNodeRedis, type NodeRedisClient, nodeRedisConnection, nodeRedisSubscriber } from './node-redis.ts'
import { createWatch, type Watch } from './watch.ts'

/** A client of node-redis 5 or later, ioredis 5 or later, or iovalkey: standalone, Sentinel or Cluster. */
export type RedisClient = NodeRedisClient | IoRedisClient

export interface RedisStoreOptions {
  /** Prefix of every key and channel of the store; without braces. @default 'valetkey:' */
  readonly prefix?: string | undefined
  /**
   * A separate connection, such as `client.duplicate()`, on which the store listens for changes, so that a process that
   * waits for another's refresh learns of it immediately. @default none: the process reads again after 25 ms to 5 s
   */
  readonly subscriber?: RedisClient | undefined
  /**
   * The number of replicas that must confirm a write within 1 s; otherwise the write rejects with an unknown outcome. Fewer
   * acknowledged writes are lost in a failover. @default none
   * @example 1
   */
  readonly waitReplicas?: number | undefined
}

const OPTIONS: OptionNames<RedisStoreOptions> = { prefix: true, subscriber: true, waitReplicas: true }

/** Checked options with their defaults. */
export interface RedisSettings {
  readonly connection: Connection
  readonly prefix: string
  readonly watch: Watch | undefined
  readonly wait: Wait | undefined
}

const CLIENTS = 'a client of node-redis 5 or later, ioredis 5 or later, or iovalkey'

/** The token lifecycle takes over a lease that it saw unchanged for 1 s. */
const WAIT_LIMIT_MS = 1_000

/** @throws CredentialError `invalid_option` */
export function redisSettings(client: RedisClient, options: RedisStoreOptions): RedisSettings {
  const { prefix = 'valetkey:', subscriber, waitReplicas } = knownOptions(PACKAGE, options, OPTIONS)
  if (typeof prefix !== 'string' || /[{}]/.test(prefix)) {
    throw invalidOption(PACKAGE, 'prefix', 'must be a string without braces: in Cluster the key is the hash tag')
  }
  return {
    connection: checkedClient(client),
    prefix,
    watch: subscriber === undefined ? undefined : checkedSubscriber(subscriber, client),
    wait: waitReplicas === undefined ? undefined : { replicas: checkedCount(waitReplicas), timeoutMs: WAIT_LIMIT_MS },
  }
}

function checkedClient(client: unknown): Connection {
  if (isNodeRedis(client)) return nodeRedisConnection(client)
  if (isIoRedis(client)) return ioRedisConnection(client)
  throw invalidOption(PACKAGE, 'client', `must be ${CLIENTS}`)
}

function checkedSubscriber(subscriber: WeakKey, client: unknown): Watch {
  if (subscriber === client) {
    throw invalidOption(PACKAGE, 'subscriber', 'must be a separate connection, such as client.duplicate()')
  }
  const watch =
    watchOf.get(subscriber) ??
    createWatch((events) => {
      const connection = nodeRedisSubscriber(subscriber, events) ?? ioRedisSubscriber(subscriber, events)
      if (connection === undefined) throw invalidOption(PACKAGE, 'subscriber', `must be ${CLIENTS} that can subscribe`)
      return connection
    })
  watchOf.set(subscriber, watch)
  return watch
}

/** One watch for each subscriber, kept as long as it: a program may create a store for each request. */
const watchOf = new WeakMap<WeakKey, Watch>()

function checkedCount(waitReplicas: unknown): number {
  if (typeof waitReplicas === 'number' && Number.isInteger(waitReplicas) && waitReplicas > 0) return waitReplicas
  throw invalidOption(PACKAGE, 'waitReplicas', 'must be a whole number of replicas, 1 or more')
}
