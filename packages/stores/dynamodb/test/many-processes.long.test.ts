import { dynamodbStore } from '@valetkey/store-dynamodb'
import { expectEachWriteToBeWonOnce } from '@valetkey-app/test-support/counting-processes'
import { startProcess } from '@valetkey-app/test-support/processes'
import { expect, test } from 'vitest'
import { startDynamoDb } from './support/dynamodb-server.ts'

const COUNT = new URL('processes/count/main.ts', import.meta.url)

test('eight processes that count together never win the same write twice, while some of them are killed and replaced', async () => {
  const server = await startDynamoDb()
  const table = await server.createTable()
  const store = dynamodbStore(server.client, { table })
  await expectEachWriteToBeWonOnce(store, () => startProcess(COUNT, [String(server.port), table]))
  expect(await Array.fromAsync(store.list?.() ?? [])).toEqual(['counter'])
  await server.stop()
})
