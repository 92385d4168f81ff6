export type { DynamoDbStoreClient, DynamoDbStoreOptions } from './dynamodb-store.ts'
export { dynamodbStore } from './dynamodb-store.ts'
