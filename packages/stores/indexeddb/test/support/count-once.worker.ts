import { indexedDbStore } from '@valetkey/store-indexeddb'

// Counts up by one in the database that the worker is named after.
const store = indexedDbStore({ database: self.name })
const { version, value } = await store.get('count')
await store.compareAndSet('count', version, String(Number(value ?? 0) + 1))
