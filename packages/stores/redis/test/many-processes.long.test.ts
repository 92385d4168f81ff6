import { redisStore } from '@valetkey/store-redis'
import { expectEachWriteToBeWonOnce } from '@valetkey-app/test-support/counting-processes'
import { startProcess } from '@valetkey-app/test-support/processes'
import { afterAll, beforeAll, test } from 'vitest'
import { nodeRedis } from './support/clients.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

const COUNT = new URL('processes/count/main.ts', import.meta.url)

describeWithRedis('eight processes that count together', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  test('never win the same write twice, while some of them are killed and replaced', async () => {
    const { client, close } = await nodeRedis.open(server.port)
    await expectEachWriteToBeWonOnce(redisStore(client), (index) =>
      startProcess(COUNT, [String(server.port), String(index)]),
    )
    close()
  })
})
