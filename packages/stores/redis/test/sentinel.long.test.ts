import { redisStore } from '@valetkey/store-redis'
import { until } from '@valetkey-app/test-support/until'
import { Redis } from 'ioredis'
import { createSentinel } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenClient } from './support/clients.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

const HOST = '127.0.0.1'

describeWithRedis('a primary with a replica, under a Sentinel', () => {
  let primary: RedisServer
  let replica: RedisServer
  let sentinel: RedisServer
  beforeAll(async () => {
    primary = await startRedis()
    replica = await startRedis({ settings: { replicaof: `${HOST} ${primary.port}` } })
    await until('the replica follows', async () => {
      return String(await primary.command('info', 'replication')).includes('state=online')
    })
    sentinel = await startRedis({ sentinel: sentinelOf(primary), ready: 'Sentinel ID' })
  })
  afterAll(async () => {
    await Promise.all([primary, replica, sentinel].map((server) => server.stop()))
  })

  test('writes that replicas confirmed survive a failover, and both clients go on at the new primary', async () => {
    const connections = [await overNodeRedis(sentinel.port), overIoRedis(sentinel.port)]
    const stores = connections.map(({ client }) => redisStore(client, { waitReplicas: 1 }))
    const [first, second] = stores
    const created = await first!.compareAndSet('key', undefined, 'by the first')
    const written = await second!.compareAndSet('key', created.ok ? created.version : '', 'by the second')
    expect(written.ok).toBe(true)

    const answer = (server: RedisServer, ...command: string[]) => server.command(...command).then(String, () => '')
    const stored = () => answer(replica, 'hget', 'valetkey:{key}', 'value')
    await until('the failover begins', async () => (await answer(sentinel, 'sentinel', 'failover', 'main')) === 'OK')
    await until('the replica is promoted', async () => (await answer(replica, 'role')).startsWith('master'))
    expect(await stored()).toBe('by the second')

    for (const [index, { client }] of connections.entries()) {
      const store = redisStore(client)
      const value = `after the failover, by client ${index}`
      await until('a write of the client reaches the new primary', async () => {
        const { version } = await store.get('key').catch(() => ({ version: undefined }))
        await store.compareAndSet('key', version, value).catch(() => {})
        return (await stored()) === value
      })
    }
    for (const { close } of connections) close()
  })
})

function sentinelOf({ port }: RedisServer): string {
  return [
    `sentinel monitor main ${HOST} ${port} 1`,
    'sentinel down-after-milliseconds main 1000',
    'sentinel failover-timeout main 3000\n',
  ].join('\n')
}

async function overNodeRedis(port: number): Promise<OpenClient> {
  const client = createSentinel({ name: 'main', sentinelRootNodes: [{ host: HOST, port }] })
  client.on('error', () => {})
  await client.connect()
  return { client, close: () => void client.destroy() }
}

function overIoRedis(port: number): OpenClient {
  const client = new Redis({ name: 'main', sentinels: [{ host: HOST, port }], failoverDetector: true })
  client.on('error', () => {})
  return { client, close: () => client.disconnect() }
}
