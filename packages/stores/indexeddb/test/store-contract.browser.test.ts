import { indexedDbStore } from '@valetkey/store-indexeddb'
import { storeContract } from '@valetkey/testing'
import { describe, test, vi } from 'vitest'
import { resultOf } from './support/requests.ts'

storeContract({ describe, test }, async () => {
  const database = `contract-${crypto.randomUUID()}`
  return {
    store: indexedDbStore({ database }),
    another: async () => indexedDbStore({ database }),
    advance: async (ms: number) => void vi.setSystemTime(Date.now() + ms),
    async cleanUp() {
      vi.useRealTimers()
      await resultOf(indexedDB.deleteDatabase(database))
    },
  }
})
