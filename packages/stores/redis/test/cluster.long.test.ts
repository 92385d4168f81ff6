import { type RedisClient, redisStore } from '@valetkey/store-redis'
import { storeContract } from '@valetkey/testing'
import { Cluster } from 'ioredis'
import { createCluster } from 'redis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ioRedis, type OpenClient } from './support/clients.ts'
import { moveTimeLimits, SERVER_CLOCK } from './support/move-time-limits.ts'
import { moveSlot, type RedisCluster, startCluster } from './support/redis-cluster.ts'
import { describeWithRedis, type RedisServer } from './support/redis-server.ts'

const HOST = '127.0.0.1'

const LIBRARIES: Readonly<Record<string, (ports: readonly number[]) => Promise<OpenClient>>> = {
  async 'createCluster of node-redis'(ports) {
    const client = createCluster({ rootNodes: ports.map((port) => ({ socket: { host: HOST, port } })) })
    client.on('error', () => {})
    await client.connect()
    return { client, close: () => client.destroy() }
  },
  async 'Cluster of ioredis'(ports) {
    const client = new Cluster(ports.map((port) => ({ host: HOST, port })))
    client.on('error', () => {})
    return { client, close: () => client.disconnect() }
  },
}

describeWithRedis('a Redis Cluster of three masters', () => {
  let cluster: RedisCluster
  beforeAll(async () => {
    cluster = await startCluster()
    await cluster.addReplica(cluster.masters[0]!)
  })
  afterAll(() => cluster.stop())

  for (const [name, connect] of Object.entries(LIBRARIES)) {
    describe(`over ${name}`, () => {
      let connections: readonly OpenClient[]
      let clients: readonly RedisClient[]
      let stores = 0
      beforeAll(async () => {
        const ports = cluster.masters.map(({ port }) => port)
        connections = await Promise.all(Array.from({ length: 4 }, () => connect(ports)))
        clients = connections.map(({ client }) => client)
      })
      afterAll(() => {
        for (const { close } of connections) close()
      })

      const open = async () => {
        stores += 1
        const prefix = `${name} ${stores}:`
        return {
          store: redisStore(clients[0]!, { prefix, subscriber: clients[1]! }),
          another: async () => redisStore(clients[2]!, { prefix, subscriber: clients[3]! }),
          advance: async (ms: number) => {
            for (const master of cluster.masters) await moveTimeLimits(master, prefix, ms)
          },
        }
      }
      storeContract({ describe, test }, open, { cannot: { clock: SERVER_CLOCK } })

      test('records are spread over the masters, and list() names them all', async () => {
        const store = redisStore(clients[0]!, { prefix: `${name} spread:` })
        const keys = Array.from({ length: 30 }, (_, index) => `key ${index}`)
        await Promise.all(keys.map((key) => store.compareAndSet(key, undefined, 'value')))
        const masters = await Promise.all(keys.map((key) => cluster.masterOf(`${name} spread:{${key}}`)))
        expect(new Set(masters).size).toBe(3)
        expect((await Array.fromAsync(store.list?.() ?? [])).toSorted()).toEqual(keys.toSorted())
      })

      test('a record is found while its slot moves to another master, and afterwards', async () => {
        const store = redisStore(clients[0]!, { prefix: 'moved:' })
        const key = `moved over ${name}`
        const record = `moved:{${key}}`
        const created = await store.compareAndSet(key, undefined, 'before')
        const from = await cluster.masterOf(record)
        const to = cluster.masters.find((master) => master !== from)!
        await moveSlot(record, from, to, async () => {
          const { version, value } = await store.get(key)
          expect([created, value]).toEqual([{ ok: true, version }, 'before'])
          expect((await store.compareAndSet(key, version, 'during')).ok).toBe(true)
        })
        const { version, value } = await store.get(key)
        expect(value).toBe('during')
        expect((await store.compareAndSet(key, version, 'after')).ok).toBe(true)
        expect(await to.command('hget', record, 'value')).toBe('after')
      })

      test('"waitReplicas" asks the master of the record', async () => {
        const store = redisStore(clients[0]!, { prefix: `${name}:`, waitReplicas: 1 })
        const [withReplica, without] = await keysOn([cluster.masters[0]!, cluster.masters[1]!], `${name}:`)
        expect(await store.compareAndSet(withReplica!, undefined, 'value')).toMatchObject({ ok: true })
        await expect(store.compareAndSet(without!, undefined, 'value')).rejects.toMatchObject({
          code: 'store_unavailable',
          message: '[@valetkey/store-redis] the write was not confirmed by 1 replicas within 1000 ms',
        })
        expect(await store.get(without!)).toMatchObject({ value: 'value' })
      })

      test('changes are heard over a connection to any single node', async () => {
        const single = await Promise.all(cluster.masters.map(({ port }) => ioRedis.open(port)))
        const listening = single.map(({ client }) => redisStore(clients[0]!, { subscriber: client }))
        const waiting = listening.map((store) => store.waitForChange?.(name, undefined, { timeoutMs: 600_000 }))
        const writing = redisStore(clients[2]!, { subscriber: clients[3]! })
        expect(await writing.compareAndSet(name, undefined, 'value')).toMatchObject({ ok: true })
        await Promise.all(waiting)
        for (const { close } of single) close()
      })
    })
  }

  /** A key for each of the masters that keeps it. */
  async function keysOn(masters: readonly RedisServer[], prefix: string): Promise<string[]> {
    const keys = Array.from({ length: 100 }, (_, index) => `key ${index}`)
    const owners = await Promise.all(keys.map((key) => cluster.masterOf(`${prefix}{${key}}`)))
    return masters.map((master) => keys[owners.indexOf(master)]!)
  }
})
