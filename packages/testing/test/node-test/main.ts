/** The store contract under node:test, whose functions return promises. */
import { describe, test } from 'node:test'
import { memoryStore } from '@valetkey/core'
import { storeContract } from '../../src/index.ts'

const runner = {
  describe: (name: string, define: () => void) => void describe(name, define),
  test: (name: string, run: () => void | Promise<void>) => void test(name, run),
}

storeContract(runner, async () => ({ store: memoryStore() }))
