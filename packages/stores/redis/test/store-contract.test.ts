import { redisStore } from '@valetkey/store-redis'
import { storeContract } from '@valetkey/testing'
import { variants } from '@valetkey-app/test-support/variants'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { LIBRARIES, type OpenClient } from './support/clients.ts'
import { moveTimeLimits, SERVER_CLOCK } from './support/move-time-limits.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

describeWithRedis('the store contract, on one server', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  for (const library of variants(LIBRARIES, 1)) {
    describe(`over ${library.name}`, () => {
      let connections: readonly OpenClient[]
      let stores = 0
      beforeAll(async () => {
        connections = await Promise.all(Array.from({ length: 4 }, () => library.open(server.port)))
      })
      afterAll(() => {
        for (const { close } of connections) close()
      })

      const open = async () => {
        const [first, second, third, fourth] = connections.map(({ client }) => client)
        stores += 1
        const prefix = `${library.name} [${stores}]:`
        return {
          store: redisStore(first!, { prefix, subscriber: second! }),
          another: async () => redisStore(third!, { prefix, subscriber: fourth! }),
          advance: (ms: number) => moveTimeLimits(server, prefix, ms),
        }
      }
      storeContract({ describe, test }, open, { cannot: { clock: SERVER_CLOCK } })
    })
  }
})
