export type { IoRedisClient } from './ioredis.ts'
export type { NodeRedisClient } from './node-redis.ts'
export type { RedisClient, RedisStoreOptions } from './options.ts'
export { redisStore } from './redis-store.ts'
