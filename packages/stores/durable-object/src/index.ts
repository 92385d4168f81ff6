export type { DurableObjectStoreOptions, DurableObjects } from './durable-object-store.ts'
export { durableObjectStore } from './durable-object-store.ts'
export type { SqlStorageState } from './token-records.ts'
export { TokenRecords } from './token-records.ts'
