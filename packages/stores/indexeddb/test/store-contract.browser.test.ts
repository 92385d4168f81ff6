import { indexedDbStore } from '@valetkey/store-indexeddb'
import { storeContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import { resultOf } from './support/requests.ts'

storeContract({ describe, test }, async () => {
  const database = `contract-${crypto.randomUUID()}`
  return {
    store: indexedDbStore({ database }),
    another: async () => indexedDbStore({ database }),
    cleanUp: async () => void (await resultOf(indexedDB.deleteDatabase(database))),
  }
})
