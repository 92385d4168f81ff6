import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type DynamoDbStoreClient, dynamodbStore } from '@valetkey/store-dynamodb'
import { describe, expect, test } from 'vitest'

const refused = (client: unknown, options?: unknown): unknown => {
  try {
    return Reflect.apply(dynamodbStore, undefined, [client, options])
  } catch (error) {
    return error
  }
}

describe('options', () => {
  const client = new DynamoDBClient({ region: 'eu-central-1' })

  test.each([
    ['nothing', undefined],
    ['the options of a client', { region: 'eu-central-1' }],
    ['a client of Postgres', { query: () => {} }],
  ])('%s in place of a client is refused, with what is expected', (_, wrong) => {
    expect(refused(wrong, { table: 'tokens' })).toMatchObject({
      code: 'invalid_option',
      option: 'client',
      message: expect.stringContaining('[@valetkey/store-dynamodb] "client" must be a DynamoDBClient'),
    })
  })

  test.each([[undefined], [{}], [{ table: '' }], [{ table: 7 }]])('%j names no table, and is refused', (options) => {
    expect(refused(client, options)).toMatchObject({ code: 'invalid_option', option: 'table' })
  })

  test.each([
    ['ResourceNotFoundException', 'table', 'names no table of this account and region'],
    ['AccessDeniedException', 'client', 'allow dynamodb:GetItem, dynamodb:PutItem and dynamodb:Scan'],
    ['UnrecognizedClientException', 'client', 'is refused by AWS'],
    ['CredentialsProviderError', 'client', 'finds no credentials'],
  ])('%s, which only a person can mend, names the option "%s"', async (name, option, words) => {
    const store = dynamodbStore(failing({ name, message: 'canary' }), { table: 'tokens' })
    const calls = [() => store.get('key'), () => store.compareAndSet('key', undefined, 'canary'), () => listed(store)]
    for (const call of calls) {
      const error: unknown = await call().catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'invalid_option', option, message: expect.stringContaining(words) })
      expect(String(error)).not.toContain('canary')
    }
  })

  test.each([
    [{ name: 'ProvisionedThroughputExceededException', $fault: 'client' }, 'DynamoDB answered ProvisionedThroughputEx'],
    [{ name: 'InternalServerError', $fault: 'server' }, 'DynamoDB answered InternalServerError'],
    [{ name: 'Error', code: 'ECONNRESET' }, 'DynamoDB gave no answer (ECONNRESET)'],
    [{ name: 'TimeoutError' }, 'DynamoDB gave no answer (TimeoutError)'],
    ['odd', 'DynamoDB gave no answer (unknown)'],
  ])('%j is an outage', async (error, words) => {
    const message = expect.stringContaining(words)
    const store = dynamodbStore(failing(error), { table: 'tokens' })
    await expect(store.get('key')).rejects.toMatchObject({ code: 'store_unavailable', message })
  })
})

function failing(error: unknown): DynamoDbStoreClient {
  return { send: () => Promise.reject(error) }
}

async function listed(store: ReturnType<typeof dynamodbStore>): Promise<string[]> {
  return await Array.fromAsync(store.list?.() ?? [])
}
