import { memoryStore } from '@valetkey/core'
import { describe, test } from 'vitest'
import { storeContract } from '../src/index.ts'

storeContract({ describe, test }, async () => ({ store: memoryStore() }))
