/** The store contract under node:test, whose functions return promises. */
import { describe, test } from 'node:test'
import { memoryStore } from '@valetkey/core'
import { storeContract } from '../../src/index.ts'

const runner = {
  describe: (name: string, define: () => void) => void describe(name, define),
  test: (name: string, run: () => void | Promise<void>) => void test(name, run),
}

const CLOCK = "the clock is the machine's"

storeContract(runner, async () => ({ store: memoryStore() }), { cannot: { advance: CLOCK, clock: CLOCK } })
