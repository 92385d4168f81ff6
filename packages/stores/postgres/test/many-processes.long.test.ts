import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { expectEachWriteToBeWonOnce } from '@valetkey-app/test-support/counting-processes'
import { startProcess } from '@valetkey-app/test-support/processes'
import { afterAll, beforeAll, test } from 'vitest'
import { pgPool } from './support/clients.ts'
import { describeWithPostgres, type PostgresServer, startPostgres } from './support/postgres-server.ts'

const COUNT = new URL('processes/count/main.ts', import.meta.url)

describeWithPostgres('eight processes that count together', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
    await server.run(postgresSchema())
  })
  afterAll(() => server.stop())

  test('never win the same write twice, while some of them are killed and replaced', async () => {
    const { client, close } = await pgPool.open(server.port)
    await expectEachWriteToBeWonOnce(postgresStore(client), (index) =>
      startProcess(COUNT, [String(server.port), String(index)]),
    )
    await close()
  })
})
