import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { until } from '@valetkey-app/test-support/until'
import dynalite from 'dynalite'

export interface DynamoDbServer {
  readonly port: number
  /** For the operator; not the client of the store under test. */
  readonly client: DynamoDBClient
  /** Creates the table that a store needs. Resolves with its name. */
  createTable(name?: string): Promise<string>
  /** Moves the time limits of a table's records, as if `ms` had passed. */
  passTime(table: string, ms: number): Promise<void>
  stop(): Promise<void>
}

export function openClient(port: number, config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'example', secretAccessKey: 'example' },
    ...config,
  })
}

/** dynalite, an emulator of DynamoDB, on a loopback port. */
export async function startDynamoDb(): Promise<DynamoDbServer> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = openClient(port)
  return {
    port,
    client,
    async createTable(name = 'valetkey-tokens') {
      await client.send(
        new CreateTableCommand({
          TableName: name,
          AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      )
      await until('the table is there', async () => {
        const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
        return Table?.TableStatus === 'ACTIVE'
      })
      return name
    },
    async passTime(table, ms) {
      const { Items = [] } = await client.send(
        new ScanCommand({ TableName: table, FilterExpression: 'attribute_exists(drop_at)' }),
      )
      for (const { key } of Items) {
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { key: key! },
            UpdateExpression: 'SET drop_at = drop_at - :ms',
            ExpressionAttributeValues: { ':ms': { N: String(ms) } },
          }),
        )
      }
    },
    async stop() {
      client.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
