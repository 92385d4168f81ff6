import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createTokenCredential, type TokenSet, type TokenStore } from '@valetkey/core'
import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { virtualClock } from '@valetkey/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pgPool } from './support/clients.ts'
import { describeWithPostgres, type PostgresServer, startPostgres } from './support/postgres-server.ts'
import { killProcess, startProcess } from './support/processes.ts'
import { type RotatingVendor, startVendor } from './support/rotating-vendor.ts'
import { until } from './support/until.ts'

const PROCESSES = 4
const ROUNDS = 10

describeWithPostgres('credentials whose tokens are in Postgres', () => {
  let server: PostgresServer
  let vendor: RotatingVendor
  let waiting: Set<ChildProcess>
  let expectedToWait: number
  beforeEach(async () => {
    expectedToWait = 0
    waiting = new Set()
    server = await startPostgres()
    await server.run(postgresSchema())
    vendor = await startVendor(async () => {
      await until('the other processes wait', async () => waiting.size >= expectedToWait)
      waiting.clear()
    })
  })
  afterEach(async () => {
    await Promise.all([server.stop(), vendor.close()])
  })

  test('four processes refresh once for each refused token, and NOTIFY wakes those that wait', async () => {
    const children = Array.from({ length: PROCESSES }, (_, index) =>
      startProcess('use-token', [String(server.port), String(index), vendor.url]),
    )
    await Promise.all(children.map((child) => once(child, 'message')))
    for (const child of children) child.on('message', (message) => message === 'waiting' && waiting.add(child))
    expectedToWait = PROCESSES - 1
    const tokensOf = (isRefused: boolean) => Promise.all(children.map((child) => ask(child, isRefused)))
    expect(await tokensOf(false)).toEqual(children.map(() => 'access-1'))
    for (let round = 2; round <= ROUNDS; round += 1) {
      expect(await tokensOf(true)).toEqual(children.map(() => `access-${round}`))
    }
    expect(vendor.counts()).toEqual({ calls: ROUNDS, reuses: 0 })
    await Promise.all(children.map(killProcess))
  })

  test('a table that does not exist shows in the error of the credential, and costs no token', async () => {
    const { client, close } = await pgPool.open(server.port)
    const clock = virtualClock()
    const credential = createTokenCredential(
      {
        vendor: 'acme',
        origins: ['https://api.acme.example'],
        identity: ['test'],
        grant: { issue: () => tokenFrom(vendor, ''), refresh: (refreshToken) => tokenFrom(vendor, refreshToken) },
      },
      { clock, store: postgresStore(client, { table: 'forgotten' }) },
    )
    const token = clock.runUntil(credential.getToken(), 1_000)
    await expect(token).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('run the SQL that postgresSchema() gives'),
    })
    expect(vendor.counts()).toEqual({ calls: 0, reuses: 0 })
    await close()
  })

  test('a refresh costs one read and two writes, a fresh token none', async () => {
    const { client, close } = await pgPool.open(server.port)
    const { store, calls } = counted(postgresStore(client))
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
    await close()
  })
})

function ask(child: ChildProcess, isRefused: boolean): Promise<unknown> {
  child.send(isRefused)
  return new Promise((resolve) => {
    const onMessage = (message: unknown): void => {
      if (message === 'waiting') return
      child.off('message', onMessage)
      resolve(message)
    }
    child.on('message', onMessage)
  })
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
