import type { TokenStore } from '@valetkey/core'
import { type RedisClient, type RedisStoreOptions, redisStore } from '@valetkey/store-redis'
import type { Cluster, Redis } from 'ioredis'
import type { Redis as IoRedis5 } from 'ioredis-5'
import type { Redis as IoValkey } from 'iovalkey'
import type { createClient, createCluster, createSentinel } from 'redis'
import type { createClient as createNodeRedis5 } from 'redis-5'
import { expectTypeOf, test } from 'vitest'

test('the clients of node-redis, ioredis and iovalkey are taken, for one server, Sentinel and Cluster', () => {
  expectTypeOf<ReturnType<typeof createClient>>().toExtend<RedisClient>()
  expectTypeOf<ReturnType<typeof createCluster>>().toExtend<RedisClient>()
  expectTypeOf<ReturnType<typeof createSentinel>>().toExtend<RedisClient>()
  expectTypeOf<ReturnType<typeof createNodeRedis5>>().toExtend<RedisClient>()
  expectTypeOf<Redis>().toExtend<RedisClient>()
  expectTypeOf<Cluster>().toExtend<RedisClient>()
  expectTypeOf<IoRedis5>().toExtend<RedisClient>()
  expectTypeOf<IoValkey>().toExtend<RedisClient>()
})

test('other objects are not', () => {
  expectTypeOf<string>().not.toExtend<RedisClient>()
  expectTypeOf<Map<string, string>>().not.toExtend<RedisClient>()
  expectTypeOf<{ query(text: string): Promise<unknown> }>().not.toExtend<RedisClient>()
})

test('every option may be left out or undefined, and the result is a store', () => {
  expectTypeOf({ prefix: undefined, subscriber: undefined, waitReplicas: undefined }).toExtend<RedisStoreOptions>()
  expectTypeOf(redisStore).toBeCallableWith({} as RedisClient)
  expectTypeOf(redisStore).returns.toEqualTypeOf<TokenStore>()
})
