import { expect, test } from 'vitest'
import { type Runner, storeContract } from '../src/index.ts'
import type { BrokenStore } from './broken-stores/broken-store.ts'
import { BROKEN_RECORDS } from './broken-stores/records.ts'
import { BROKEN_LISTS, BROKEN_RETENTION } from './broken-stores/retention-and-lists.ts'
import { BROKEN_WAITS } from './broken-stores/waits.ts'

const BROKEN_STORES = [...BROKEN_RECORDS, ...BROKEN_RETENTION, ...BROKEN_LISTS, ...BROKEN_WAITS]
/** Only what is about many keys writes them. */
const QUICK = { manyKeys: 'slow' }

test.concurrent.each(BROKEN_STORES)(
  'the store contract finds a store that $fault',
  { timeout: 20_000 },
  async ({ make, fails, showsEverywhere, cannot = QUICK }) => {
    const failed = await failedTests(make, cannot)
    expect(showsEverywhere ? failed.filter((name) => fails.includes(name)) : failed).toEqual(fails)
  },
)

/** The names of the tests that fail, in order; all tests run at the same time. */
async function failedTests(make: BrokenStore['make'], cannot: BrokenStore['cannot']): Promise<string[]> {
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
  storeContract(runner, async () => make(), { cannot })
  return (await Promise.all(outcomes)).flat()
}
