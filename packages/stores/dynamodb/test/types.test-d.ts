import type { DynamoDB, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBDocument, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { TokenStore } from '@valetkey/core'
import { type DynamoDbStoreClient, type DynamoDbStoreOptions, dynamodbStore } from '@valetkey/store-dynamodb'
import { expectTypeOf, test } from 'vitest'

test('the clients of the SDK are taken', () => {
  expectTypeOf<DynamoDBClient>().toExtend<DynamoDbStoreClient>()
  expectTypeOf<DynamoDB>().toExtend<DynamoDbStoreClient>()
  expectTypeOf<DynamoDBDocumentClient>().toExtend<DynamoDbStoreClient>()
  expectTypeOf<DynamoDBDocument>().toExtend<DynamoDbStoreClient>()
})

test('other objects are not taken, the table is required, and the result is a store', () => {
  expectTypeOf<string>().not.toExtend<DynamoDbStoreClient>()
  expectTypeOf<object>().not.toExtend<DynamoDbStoreOptions>()
  expectTypeOf(dynamodbStore).toBeCallableWith({} as DynamoDbStoreClient, { table: 'tokens' })
  expectTypeOf(dynamodbStore).returns.toEqualTypeOf<TokenStore>()
})
