import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { dynamodbStore } from '@valetkey/store-dynamodb'
import { storeContract } from '@valetkey/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type DynamoDbServer, openClient, startDynamoDb } from './support/dynamodb-server.ts'

const CANNOT = {
  clock: 'it is that of the server and of this machine',
  largeValues: 'an item of DynamoDB holds 400 KB',
  waitForChange: 'DynamoDB wakes nobody',
}

const CLIENTS = [
  { name: 'DynamoDBClient', open: (client: DynamoDBClient) => client, cannot: CANNOT },
  {
    name: 'DynamoDBDocumentClient',
    open: (client: DynamoDBClient) => DynamoDBDocumentClient.from(client),
    cannot: { ...CANNOT, manyKeys: 'the requests are the same for both clients' },
  },
]

describe.each(CLIENTS)('the store contract, over $name', ({ open: openStoreClient, cannot }) => {
  let server: DynamoDbServer
  let clients: DynamoDBClient[]
  let tables = 0
  beforeAll(async () => {
    server = await startDynamoDb()
    clients = [1, 2].map(() => openClient(server.port))
  })
  afterAll(async () => {
    for (const client of clients) client.destroy()
    await server.stop()
  })

  const open = async () => {
    tables += 1
    const table = await server.createTable(`tokens-${tables}`)
    const [first, second] = clients.map((client) => dynamodbStore(openStoreClient(client), { table }))
    return {
      store: first!,
      another: async () => second!,
      advance: (ms: number) => server.passTime(table, ms),
    }
  }
  storeContract({ describe, test }, open, { cannot })
})
