import { redisStore } from '@valetkey/store-redis'
import { storeContract } from '@valetkey/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { LIBRARIES, type OpenClient } from './support/clients.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

describeWithRedis('the store contract, on one server', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  for (const library of LIBRARIES) {
    describe(`over ${library.name}`, () => {
      let connections: readonly OpenClient[]
      let stores = 0
      beforeAll(async () => {
        connections = await Promise.all(Array.from({ length: 4 }, () => library.open(server.port)))
      })
      afterAll(() => {
        for (const { close } of connections) close()
      })

      storeContract({ describe, test }, async () => {
        const [first, second, third, fourth] = connections.map(({ client }) => client)
        stores += 1
        const prefix = `${library.name} [${stores}]:`
        return {
          store: redisStore(first!, { prefix, subscriber: second! }),
          another: async () => redisStore(third!, { prefix, subscriber: fourth! }),
        }
      })
    })
  }
})
