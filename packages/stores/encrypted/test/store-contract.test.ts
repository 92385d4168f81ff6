import { memoryStore } from '@valetkey/core'
import { encryptedStore } from '@valetkey/store-encrypted'
import { storeContract } from '@valetkey/testing'
import { describe, test, vi } from 'vitest'
import { NEW, OLD } from './support/keys.ts'

storeContract({ describe, test }, async () => {
  const inner = memoryStore()
  return {
    store: encryptedStore(inner, { keys: [OLD, NEW] }),
    another: async () => encryptedStore(inner, { keys: [NEW, OLD] }),
    advance: async (ms: number) => void vi.setSystemTime(Date.now() + ms),
    cleanUp: async () => void vi.useRealTimers(),
  }
})
