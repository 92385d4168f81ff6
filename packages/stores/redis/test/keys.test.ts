import { type RedisClient, redisStore } from '@valetkey/store-redis'
import { Redis } from 'ioredis'
import { createClient, RESP_TYPES } from 'redis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { nodeRedis, type OpenClient } from './support/clients.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

describeWithRedis('names in Redis', () => {
  let server: RedisServer
  let plain: OpenClient
  beforeAll(async () => {
    server = await startRedis()
    plain = await nodeRedis.open(server.port)
  })
  afterAll(async () => {
    plain.close()
    await server.stop()
  })
  beforeEach(() => server.command('flushall'))

  const opened: Array<{ close(): void }> = []
  afterEach(() => {
    for (const { close } of opened.splice(0)) close()
  })

  test('a record is one hash, named by prefix and key', async () => {
    await redisStore(plain.client).compareAndSet('["vk1","acme"]', undefined, 'value')
    expect(await server.command('keys', '*')).toEqual(['valetkey:{["vk1","acme"]}'])
    expect(await server.command('type', 'valetkey:{["vk1","acme"]}')).toBe('hash')
  })

  test('list() names the records of its own prefix only, whatever characters that has', async () => {
    const prefixes = ['a', 'a*', 'a?', 'a[b]', 'a\\', 'ab', '', 'ä:']
    const stores = prefixes.map((prefix) => redisStore(plain.client, { prefix }))
    for (const [index, store] of stores.entries()) await store.compareAndSet(`key ${index}`, undefined, 'value')
    await server.command('set', 'ab{not a record', 'of somebody else')
    const listed = await Promise.all(stores.map((store) => Array.fromAsync(store.list?.() ?? [])))
    expect(listed).toEqual(prefixes.map((_, index) => [`key ${index}`]))
  })

  test('list() pages through thousands of records and names each once', async () => {
    const store = redisStore(plain.client)
    const keys = Array.from({ length: 3_000 }, (_, index) => `key ${index}`)
    await Promise.all(keys.map((key) => store.compareAndSet(key, undefined, 'value')))
    const listed = await Array.fromAsync(store.list?.() ?? [])
    expect(listed.toSorted()).toEqual(keys.toSorted())
  })

  const withPrefix = {
    'node-redis': async () => {
      const client = createClient({ socket: { port: server.port }, keyPrefix: 'app:' })
      await client.connect()
      opened.push({ close: () => client.destroy() })
      return client
    },
    ioredis: async () => {
      const client = new Redis({ port: server.port, keyPrefix: 'app:' })
      opened.push({ close: () => client.disconnect() })
      return client
    },
  }

  test.each(Object.entries(withPrefix))('a client of %s that prefixes keys itself is respected', async (_, open) => {
    const store = redisStore(await open(), { subscriber: await open() })
    const waiting = store.waitForChange?.('key', undefined, { timeoutMs: 600_000 })
    await store.compareAndSet('key', undefined, 'value')
    await waiting
    await redisStore(plain.client).compareAndSet('elsewhere', undefined, 'value')
    expect(await Array.fromAsync(store.list?.() ?? [])).toEqual(['key'])
    expect(await server.command('exists', 'app:valetkey:{key}')).toBe(1)
  })

  test('a client that answers with bytes is understood', async () => {
    const client = createClient({ socket: { port: server.port } })
    await client.connect()
    opened.push({ close: () => client.destroy() })
    const store = redisStore(client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }))
    const created = await store.compareAndSet('key', undefined, '\ufeffvälue')
    expect(await store.get('key')).toMatchObject({ version: created.ok && created.version, value: '\ufeffvälue' })
    expect(await Array.fromAsync(store.list?.() ?? [])).toEqual(['key'])
  })

  test('a user that may not publish can write all the same', async () => {
    await server.command('acl', 'setuser', 'quiet', 'on', '>secret', '~valetkey:*', 'resetchannels', '+@all')
    const client = createClient({ socket: { port: server.port }, username: 'quiet', password: 'secret' })
    await client.connect()
    opened.push({ close: () => client.destroy() })
    const store = redisStore(client, { subscriber: plain.client })
    expect((await store.compareAndSet('key', undefined, 'value')).ok).toBe(true)
  })
})

test('list() names a record once, though SCAN may give it twice', async () => {
  const name = 'valetkey:{key}'
  const pages: Record<string, { cursor: string; keys: string[] }> = {
    '0': { cursor: '7', keys: [name, name] },
    '7': { cursor: '0', keys: [name] },
  }
  const store = redisStore({
    eval: async () => 'valetkey:{',
    evalSha: async () => 'valetkey:{',
    multi: () => expect.fail('nothing is written'),
    scan: async (cursor: string) => pages[cursor],
  } as RedisClient)
  expect(await Array.fromAsync(store.list?.() ?? [])).toEqual(['key'])
})

test('a client that answers with something else does not pass for an empty Redis', async () => {
  const nothing = async () => undefined
  const store = redisStore({ eval: nothing, evalsha: nothing, pipeline: () => expect.fail('nothing is written') })
  await expect(store.get('key')).rejects.toMatchObject({ code: 'store_unavailable' })
})
