import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { virtualClock } from '@valetkey/testing'
import { acmeCredential } from '@valetkey-app/test-support/acme-credential'
import { startProcess } from '@valetkey-app/test-support/processes'
import { startRotatingVendor } from '@valetkey-app/test-support/rotating-vendor'
import { expectFewStoreCalls, expectOneRefreshForEachRefusal } from '@valetkey-app/test-support/token-processes'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pgPool } from './support/clients.ts'
import { describeWithPostgres, type PostgresServer, startPostgres } from './support/postgres-server.ts'

const USE_TOKEN = new URL('processes/use-token/main.ts', import.meta.url)

describeWithPostgres('credentials whose tokens are in Postgres', () => {
  let server: PostgresServer
  beforeEach(async () => {
    server = await startPostgres()
    await server.run(postgresSchema())
  })
  afterEach(() => server.stop())

  test('four processes refresh once for each refused token, and NOTIFY wakes those that wait', async () => {
    await expectOneRefreshForEachRefusal({
      start: (index, vendorUrl) => startProcess(USE_TOKEN, [String(server.port), String(index), vendorUrl]),
    })
  })

  test('a table that does not exist shows in the error of the credential, and costs no token', async () => {
    const { client, close } = await pgPool.open(server.port)
    const vendor = await startRotatingVendor()
    const clock = virtualClock()
    const credential = acmeCredential(vendor.url, { clock, store: postgresStore(client, { table: 'forgotten' }) })
    const token = clock.runUntil(credential.getToken(), 1_000)
    await expect(token).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('run the SQL that postgresSchema() gives'),
    })
    expect(vendor.counts()).toEqual({ calls: 0, reuses: 0 })
    await Promise.all([close(), vendor.close()])
  })

  test('a refresh costs one read and two writes, a fresh token none', async () => {
    const { client, close } = await pgPool.open(server.port)
    await expectFewStoreCalls(postgresStore(client))
    await close()
  })
})
