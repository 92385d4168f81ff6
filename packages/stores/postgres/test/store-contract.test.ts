import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { storeContract } from '@valetkey/testing'
import { variants } from '@valetkey-app/test-support/variants'
import { afterAll, beforeAll, describe, test } from 'vitest'
import {
  type Isolation,
  LIBRARIES,
  type OpenClient,
  type OpenListener,
  openListener,
  pgPool,
  postgresJs,
} from './support/clients.ts'
import { movedTimeLimits, SERVER_CLOCK } from './support/moved-time-limits.ts'
import { describeWithPostgres, type PostgresServer, startPostgres } from './support/postgres-server.ts'

const STRICTER: readonly Isolation[] = ['repeatable read', 'serializable']

const VARIANTS = [
  ...LIBRARIES.map((library) => ({ library, isolation: 'read committed' as const })),
  ...STRICTER.flatMap((isolation) => [pgPool, postgresJs].map((library) => ({ library, isolation }))),
]

describeWithPostgres('the store contract, on a server', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  for (const [index, { library, isolation }] of variants(VARIANTS, 1).entries()) {
    describe(`over ${library.name}, ${isolation}`, () => {
      const table = `tokens_${index}`
      let clients: OpenClient[]
      let listeners: OpenListener[]
      beforeAll(async () => {
        await server.run(postgresSchema(table))
        clients = await Promise.all([1, 2].map(() => library.open(server.port, isolation)))
        listeners = await Promise.all([1, 2].map(() => openListener(library, server.port)))
      })
      afterAll(async () => {
        await Promise.all([...clients, ...listeners].map(({ close }) => close()))
      })

      const open = async () => {
        const [store, another] = clients.map(({ client }, connection) =>
          postgresStore(client, { table, listener: listeners[connection]!.listener }),
        )
        return {
          store: store!,
          another: async () => another!,
          advance: async (ms: number) => void (await server.run(movedTimeLimits(table, ms))),
          cleanUp: async () => void (await server.run(`delete from ${table}`)),
        }
      }
      storeContract({ describe, test }, open, {
        cannot: { clock: SERVER_CLOCK, ...(index > 0 && { manyKeys: 'the statement is the same for all clients' }) },
      })
    })
  }
})
