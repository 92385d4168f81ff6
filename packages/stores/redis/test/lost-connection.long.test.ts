import { redisStore } from '@valetkey/store-redis'
import { type FlakyProxy, startProxy } from '@valetkey-app/test-support/flaky-proxy'
import { until } from '@valetkey-app/test-support/until'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ioRedis, LIBRARIES, nodeRedis, type OpenClient } from './support/clients.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

describeWithRedis('a connection that is lost in the middle of a write', () => {
  let server: RedisServer
  let proxy: FlakyProxy
  let open: OpenClient[]
  beforeEach(async () => {
    server = await startRedis({ settings: { appendonly: 'yes', appendfsync: 'always' } })
    proxy = await startProxy(server.port)
    open = []
  })
  afterEach(async () => {
    for (const { close } of open) close()
    await proxy.close()
    await server.stop()
  })

  const storeOver = async (library: typeof nodeRedis, port: number) => {
    const connection = await library.open(port)
    open.push(connection)
    return redisStore(connection.client)
  }

  test.each(LIBRARIES)('over $name: it is not said to have lost when it was applied', async (library) => {
    const store = await storeOver(library, proxy.port)
    await store.compareAndSet('other', undefined, 'so that the script is known')
    const lost = proxy.loseAnswer()
    const writing = store.compareAndSet('key', undefined, 'applied').catch((error: unknown) => error)
    await lost
    const { version, value } = await (await storeOver(library, server.port)).get('key')
    expect(value).toBe('applied')
    const unknown = { code: 'store_unavailable', isRetryable: true }
    expect(await writing).toMatchObject(library.sendsAgain ? { ok: true, version } : unknown)
    expect((await store.compareAndSet('key', version, 'next')).ok).toBe(true)
  })

  test('a client that sends it again hears that it won, also when others have written since', async () => {
    const store = await storeOver(ioRedis, proxy.port)
    const other = await storeOver(nodeRedis, server.port)
    await store.compareAndSet('other', undefined, 'so that the script is known')
    const lost = proxy.loseAnswer()
    const release = proxy.hold()
    const writing = store.compareAndSet('key', undefined, 'first')
    await lost
    const first = await other.get('key')
    for (let round = 0; round < 7; round += 1) {
      const { version } = await other.get('key')
      expect((await other.compareAndSet('key', version, `later ${round}`)).ok).toBe(true)
    }
    release()
    expect(await writing).toEqual({ ok: true, version: first.version })
    expect(await other.get('key')).toMatchObject({ value: 'later 6' })
  })

  test('a server that is killed and started again has what it confirmed', async () => {
    const store = await storeOver(nodeRedis, server.port)
    const created = await store.compareAndSet('key', undefined, 'confirmed')
    await server.command('client', 'pause', '600000', 'write')
    const writing = store
      .compareAndSet('key', created.ok ? created.version : '', 'in flight')
      .catch((error: unknown) => error)
    const clients = async () => String(await server.command('client', 'list'))
    await until('the server holds the write back', async () => (await clients()).includes(' flags=b '))
    await server.restart()
    expect(await writing).toMatchObject({ code: 'store_unavailable' })
    const { version, value } = await store.get('key')
    expect(value).toBe('confirmed')
    expect((await store.compareAndSet('key', version, 'next')).ok).toBe(true)
  })

  test.each([nodeRedis, ioRedis])(
    'a wait ends when its subscriber is lost, and rejects until that is back: the store is polled ($name)',
    async (library) => {
      const [client, subscriber] = await Promise.all([nodeRedis.open(server.port), library.open(proxy.port)])
      open.push(client, subscriber)
      const store = redisStore(client.client, { subscriber: subscriber.client })
      const waiting = store.waitForChange?.('key', undefined, { timeoutMs: 600_000 })
      const listener = async () => String(await server.command('client', 'list', 'type', 'pubsub'))
      await until('the store listens', async () => (await listener()).includes(' sub=1 '))
      await proxy.close()
      await waiting
      await expect(store.waitForChange?.('key', undefined, { timeoutMs: 600_000 })).rejects.toMatchObject({
        code: 'store_unavailable',
      })
      expect((await store.compareAndSet('key', undefined, 'value')).ok).toBe(true)
      proxy = await startProxy(server.port)
    },
  )

  test.each([nodeRedis, ioRedis])(
    'a subscriber that was lost hears of changes again when it is back, also of those that it missed ($name)',
    async (library) => {
      const [client, subscriber] = await Promise.all([nodeRedis.open(server.port), library.open(proxy.port)])
      open.push(client, subscriber)
      const store = redisStore(client.client, { subscriber: subscriber.client })
      const created = await store.compareAndSet('key', undefined, 'first')
      const first = created.ok ? created.version : expect.fail('the write must win')
      const waiting = store.waitForChange?.('key', first, { timeoutMs: 600_000 })
      const listener = async () => {
        const clients = String(await server.command('client', 'list', 'type', 'pubsub'))
        return /^id=(\d+) .* sub=1 /m.exec(clients)?.[1]
      }
      await until('the store listens', async () => (await listener()) !== undefined)
      const lost = await listener()
      await server.command('client', 'kill', 'type', 'pubsub')
      const missed = await store.compareAndSet('key', first, 'missed')
      const second = missed.ok ? missed.version : expect.fail('the write must win')
      await waiting
      await until('the store listens again', async () => ![undefined, lost].includes(await listener()))
      await until('a change that was missed is known', async () => {
        const rejected = await store.waitForChange?.('key', first, { timeoutMs: 600_000 }).catch(() => 'rejected')
        return rejected !== 'rejected'
      })
      const again = store.waitForChange?.('key', second, { timeoutMs: 600_000 })
      expect((await store.compareAndSet('key', second, 'value')).ok).toBe(true)
      await again
    },
  )
})
