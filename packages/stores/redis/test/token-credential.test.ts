import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createTokenCredential, type TokenSet, type TokenStore } from '@valetkey/core'
import { redisStore } from '@valetkey/store-redis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeRedis } from './support/clients.ts'
import { killProcess, startProcess } from './support/processes.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'
import { type RotatingVendor, startVendor } from './support/rotating-vendor.ts'
import { until } from './support/until.ts'

const PROCESSES = 4
const ROUNDS = 10

describeWithRedis('credentials whose tokens are in Redis', () => {
  let server: RedisServer
  let vendor: RotatingVendor
  let waiting: number
  beforeEach(async () => {
    waiting = 0
    server = await startRedis()
    vendor = await startVendor(() =>
      until(`${waiting} processes wait`, async () => (await listeners(server)) >= waiting),
    )
  })
  afterEach(async () => {
    await Promise.all([server.stop(), vendor.close()])
  })

  test('four processes refresh once for each refused token, and Pub/Sub wakes those that wait', async () => {
    const children = Array.from({ length: PROCESSES }, (_, index) =>
      startProcess('use-token', [String(server.port), String(index), vendor.url]),
    )
    await Promise.all(children.map((child) => once(child, 'message')))
    waiting = PROCESSES - 1
    const tokensOf = (isRefused: boolean) => Promise.all(children.map((child) => ask(child, isRefused)))
    expect(await tokensOf(false)).toEqual(children.map(() => 'access-1'))
    for (let round = 2; round <= ROUNDS; round += 1) {
      expect(await tokensOf(true)).toEqual(children.map(() => `access-${round}`))
    }
    expect(vendor.counts()).toEqual({ calls: ROUNDS, reuses: 0 })
    await Promise.all(children.map(killProcess))
  })

  test('a refresh costs one read and two writes, a fresh token none', async () => {
    const { client, close } = await nodeRedis.open(server.port)
    const { store, calls } = counted(redisStore(client))
    const credential = createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: ['test'],
        grant: { issue: () => tokenFrom(vendor, ''), refresh: (refreshToken) => tokenFrom(vendor, refreshToken) },
      },
      { store },
    )
    const first = await credential.authorization()
    expect(calls.splice(0)).toEqual(['get', 'compareAndSet', 'compareAndSet'])
    await credential.renew(first)
    expect(calls.splice(0)).toEqual(['get', 'compareAndSet', 'compareAndSet'])
    for (let use = 0; use < 100; use += 1) await credential.authorization()
    expect(calls).toEqual([])
    close()
  })
})

/** How many connections listen for changes of a record. */
async function listeners(server: RedisServer): Promise<number> {
  const channels = await server.command('pubsub', 'channels', 'valetkey:*')
  const [channel] = Array.isArray(channels) ? channels.map(String) : []
  if (channel === undefined) return 0
  const counts = await server.command('pubsub', 'numsub', channel)
  return Array.isArray(counts) ? Number(counts[1]) : 0
}

async function ask(child: ChildProcess, isRefused: boolean): Promise<unknown> {
  child.send(isRefused)
  const [token]: unknown[] = await once(child, 'message')
  return token
}

function counted(store: TokenStore): { readonly store: TokenStore; readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    store: {
      ...store,
      get(key) {
        calls.push('get')
        return store.get(key)
      },
      compareAndSet(...write) {
        calls.push('compareAndSet')
        return store.compareAndSet(...write)
      },
    },
  }
}

async function tokenFrom({ url }: RotatingVendor, refreshToken: string): Promise<TokenSet> {
  const response = await fetch(url, { method: 'POST', body: refreshToken })
  return JSON.parse(await response.text())
}
