import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { memoryStore } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import { type Runner, type StoreUnderTest, storeContract } from '../src/index.ts'
import { BROKEN_STORES } from './broken-stores.ts'

describe('the memory store', () => {
  storeContract({ describe, test }, async () => ({ store: memoryStore() }))
})

test.concurrent.each(BROKEN_STORES)(
  'the store contract finds a store that $fault',
  { timeout: 20_000 },
  async ({ make, fails, showsEverywhere }) => {
    const failed = await failedTests(make)
    expect(showsEverywhere ? failed.filter((name) => fails.includes(name)) : failed).toEqual(fails)
  },
)

test('the store contract runs under node:test', async () => {
  const program = join(import.meta.dirname, 'node-test/main.ts')
  const options = ['--conditions=@valetkey/source', '--test-reporter=tap', program]
  const { stdout } = await promisify(execFile)(process.execPath, options)
  expect(stdout).toMatch(/^# tests 34$/m)
  expect(stdout).toMatch(/^# pass 34$/m)
})

/** The names of the tests that fail, in order; all tests run at the same time. */
async function failedTests(make: () => StoreUnderTest): Promise<string[]> {
  const outcomes: Array<Promise<string[]>> = []
  const runner: Runner = {
    describe: (_, define) => define(),
    test(name, run) {
      outcomes.push(
        Promise.resolve(run()).then(
          () => [],
          () => [name],
        ),
      )
    },
  }
  storeContract(runner, async () => make())
  return (await Promise.all(outcomes)).flat()
}
