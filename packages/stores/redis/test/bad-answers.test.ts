import { inspect } from 'node:util'
import { createTokenCredential } from '@valetkey/core'
import { type RedisClient, redisStore } from '@valetkey/store-redis'
import { findLeaks } from '@valetkey/testing'
import { until } from '@valetkey-app/test-support/until'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ioRedis, nodeRedis, type OpenClient } from './support/clients.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

const CANARY = 'canary-refresh-token'
const RECORD = 'valetkey:{key}'

describeWithRedis('a server that does not do what is asked', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis({ settings: { appendonly: 'yes', appendfsync: 'always' } })
  })
  afterAll(() => server.stop())
  beforeEach(() => server.command('flushall'))

  describe.each([nodeRedis, ioRedis])('over $name', (library) => {
    let connection: OpenClient
    let client: RedisClient
    beforeAll(async () => {
      connection = await library.open(server.port)
      client = connection.client
    })
    afterAll(() => connection.close())

    test.each([
      ['is full: OOM', ['config', 'set', 'maxmemory', '1'], ['config', 'set', 'maxmemory', '0'], 'OOM'],
      ['is a replica: READONLY', ['replicaof', '127.0.0.1', '1'], ['replicaof', 'no', 'one'], 'READONLY'],
      [
        'lacks replicas: NOREPLICAS',
        ['config', 'set', 'min-replicas-to-write', '1'],
        ['config', 'set', 'min-replicas-to-write', '0'],
        'NOREPLICAS',
      ],
    ])('a server that %s: a write rejects, and nothing stored is lost', async (_, spoil, mend, code) => {
      const store = redisStore(client)
      const created = await store.compareAndSet('key', undefined, 'kept')
      const version = created.ok ? created.version : ''
      await server.command(...spoil)
      const error = await store.compareAndSet('key', version, CANARY).catch((reason: unknown) => reason)
      await server.command(...mend)
      expect(error).toMatchObject({
        code: 'store_unavailable',
        isRetryable: true,
        message: `[@valetkey/store-redis] Redis answered ${code}`,
      })
      expect(findLeaks(error, [CANARY], (value) => inspect(value, { depth: 9, showHidden: true }))).toEqual([])
      expect(await store.get('key')).toMatchObject({ version, value: 'kept' })
      expect((await store.compareAndSet('key', version, 'newer')).ok).toBe(true)
    })

    test('a server that forbids scripts, NOPERM, is a mistake that says what helps', async () => {
      const store = redisStore(client)
      await server.command('acl', 'setuser', 'default', '-@scripting')
      const mistake = {
        code: 'invalid_option',
        option: 'client',
        message: expect.stringContaining('may not do what the store does (NOPERM): give its user the rights'),
      }
      await expect(store.get('key')).rejects.toMatchObject(mistake)
      await expect(store.compareAndSet('key', undefined, CANARY)).rejects.toMatchObject(mistake)
      await server.command('acl', 'setuser', 'default', '+@all')
      expect((await store.compareAndSet('key', undefined, 'value')).ok).toBe(true)
    })

    test('a key that holds no hash is record_unreadable, and stays as it is', async () => {
      const store = redisStore(client)
      await server.command('set', RECORD, 'of somebody else')
      const message = expect.stringContaining(`${RECORD} holds something else than a hash; it was left as it is`)
      const unreadable = { code: 'record_unreadable', isRetryable: false, message }
      await expect(store.get('key')).rejects.toMatchObject(unreadable)
      await expect(store.compareAndSet('key', undefined, CANARY)).rejects.toMatchObject(unreadable)
      expect(await server.command('get', RECORD)).toBe('of somebody else')
    })

    test.each([
      ['with other fields', ['name', 'somebody else']],
      ['without a value', ['versions', crypto.randomUUID()]],
    ])('a hash %s is record_unreadable, and stays as it is', async (_, fields) => {
      const store = redisStore(client)
      await server.command('hset', RECORD, ...fields)
      const message = expect.stringContaining(`${RECORD} is a hash without the version or the value of a record`)
      await expect(store.get('key')).rejects.toMatchObject({ code: 'record_unreadable', message })
      expect(await store.compareAndSet('key', undefined, CANARY)).toEqual({ ok: false })
      expect(await server.command('hgetall', RECORD)).toMatchObject({ [fields[0]!]: fields[1] })
      expect(await server.command('hlen', RECORD)).toBe(1)
    })

    test('a server that forgot its scripts gets each of them once', async () => {
      const store = redisStore(client)
      await store.compareAndSet('key', undefined, 'first')
      await server.command('script', 'flush')
      await server.command('config', 'resetstat')
      for (let round = 0; round < 5; round += 1) {
        const { version } = await store.get('key')
        expect((await store.compareAndSet('key', version, `value ${round}`)).ok).toBe(true)
      }
      const stats = String(await server.command('info', 'commandstats'))
      expect([...stats.matchAll(/cmdstat_(eval|evalsha):calls=(\d+)/g)].map(([, ...found]) => found)).toEqual(
        expect.arrayContaining([
          ['eval', '2'],
          ['evalsha', '10'],
        ]),
      )
    })

    test('a record keeps no time limit but that of a tombstone', async () => {
      const store = redisStore(client)
      const first = await store.compareAndSet('key', undefined, 'alive')
      expect(await server.command('pttl', RECORD)).toBe(-1)
      await store.compareAndSet('key', first.ok ? first.version : '', 'removed', { retainMs: 86_400_000 })
      expect(await server.command('pttl', RECORD)).toSatisfy((ms: number) => ms > 86_000_000)
      const { version } = await store.get('key')
      await store.compareAndSet('key', version, 'alive again')
      expect(await server.command('pttl', RECORD)).toBe(-1)
    })
  })

  test('a server that loads its data answers LOADING, and has the record afterwards', async () => {
    const connection = await nodeRedis.open(server.port)
    const created = await redisStore(connection.client).compareAndSet('key', undefined, 'kept')
    connection.close()
    await server.command('eval', "for i = 1, 2000 do redis.call('SET', 'filler ' .. i, i) end", '0')
    await server.command('save')
    const slow = { 'key-load-delay': '5000', 'loading-process-events-interval-bytes': '1024' }
    await server.restart({ settings: slow, ready: 'Server initialized' })
    const during = await nodeRedis.open(server.port)
    const store = redisStore(during.client)
    await expect(store.get('key')).rejects.toMatchObject({
      code: 'store_unavailable',
      message: '[@valetkey/store-redis] Redis answered LOADING',
    })
    await server.command('config', 'set', 'key-load-delay', '0')
    const read = () => store.get('key').catch(() => undefined)
    await until('the server has loaded', async () => (await read()) !== undefined)
    expect(await read()).toMatchObject({ value: 'kept', version: created.ok && created.version })
    during.close()
  })

  test.each([
    ['no password', {}, /is not signed in to Redis \(NOAUTH\): give it the password/],
    ['another password', { password: 'another' }, /is (not signed in to|refused by) Redis \((NOAUTH|WRONGPASS)\)/],
  ])(
    'a server that wants a password, and is given %s: the first call of a credential fails',
    async (_, options, words) => {
      await server.command('config', 'set', 'requirepass', 'secret')
      const client = new Redis({ host: '127.0.0.1', port: server.port, enableReadyCheck: false, ...options })
      client.on('error', () => {})
      const credential = createTokenCredential(
        {
          vendor: 'acme',
          origins: ['https://api.acme.example'],
          identity: ['test'],
          grant: { acquire: async () => ({ accessToken: 'not stored' }) },
        },
        { store: redisStore(client) },
      )
      const error = await credential.getToken().catch((reason: unknown) => reason)
      client.disconnect()
      await server.command('config', 'set', 'requirepass', '')
      expect(error).toMatchObject({ code: 'store_unavailable', message: expect.stringMatching(words) })
    },
  )
})

describeWithRedis('a member of a cluster', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis({ settings: { 'cluster-enabled': 'yes' } })
  })
  afterAll(() => server.stop())

  test('answers CLUSTERDOWN while nobody keeps the record’s slot', async () => {
    const { client, close } = await nodeRedis.open(server.port)
    await expect(redisStore(client).get('key')).rejects.toMatchObject({
      code: 'store_unavailable',
      message: '[@valetkey/store-redis] Redis answered CLUSTERDOWN',
    })
    close()
  })
})
