import { redisStore } from '@valetkey/store-redis'
import { startProcess } from '@valetkey-app/test-support/processes'
import { expectFewStoreCalls, expectOneRefreshForEachRefusal } from '@valetkey-app/test-support/token-processes'
import { afterEach, beforeEach, test } from 'vitest'
import { nodeRedis } from './support/clients.ts'
import { describeWithRedis, type RedisServer, startRedis } from './support/redis-server.ts'

const USE_TOKEN = new URL('processes/use-token/main.ts', import.meta.url)

describeWithRedis('credentials whose tokens are in Redis', () => {
  let server: RedisServer
  beforeEach(async () => {
    server = await startRedis()
  })
  afterEach(() => server.stop())

  test('four processes refresh once for each refused token, and Pub/Sub wakes those that wait', async () => {
    await expectOneRefreshForEachRefusal({
      start: (index, vendorUrl) => startProcess(USE_TOKEN, [String(server.port), String(index), vendorUrl]),
      listening: () => listeners(server),
    })
  })

  test('a refresh costs one read and two writes, a fresh token none', async () => {
    const { client, close } = await nodeRedis.open(server.port)
    await expectFewStoreCalls(redisStore(client))
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
