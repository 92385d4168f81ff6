export type { IndexedDbStoreOptions } from './indexed-db-store.ts'
export { indexedDbStore } from './indexed-db-store.ts'
