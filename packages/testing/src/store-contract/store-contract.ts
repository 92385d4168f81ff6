import type { Runner } from '../runner.ts'
import { COMPARE_AND_SET_CASES } from './compare-and-set-cases.ts'
import { READ_CASES } from './read-cases.ts'
import type { StoreCase, StoreUnderTest } from './subject.ts'
import { TEXT_CASES } from './text-cases.ts'
import { VERSION_CASES } from './version-cases.ts'
import { WAIT_CASES } from './wait-cases.ts'

const GROUPS: Readonly<Record<string, readonly StoreCase[]>> = {
  'compare and set': COMPARE_AND_SET_CASES,
  reads: READ_CASES,
  'versions and tombstones': VERSION_CASES,
  'keys and values': TEXT_CASES,
  'waiting for a change': WAIT_CASES,
}

/**
 * What every `TokenStore` must do, as tests of your test framework: `storeContract({ describe, test }, makeStore)`.
 * Each test calls `makeStore` for an empty store and its `cleanUp` at the end, also when it fails. A failed test throws
 * an error that says what the store must do. Parts that are optional are tested where the store has them.
 */
export function storeContract(runner: Runner, makeStore: () => Promise<StoreUnderTest>): void {
  for (const [group, cases] of Object.entries(GROUPS)) {
    runner.describe(`store contract: ${group}`, () => {
      for (const { name, run } of cases) runner.test(name, () => runCase(run, makeStore))
    })
  }
}

async function runCase(run: StoreCase['run'], makeStore: () => Promise<StoreUnderTest>): Promise<void> {
  const subject = await makeStore()
  try {
    const other = (await subject.another?.()) ?? subject.store
    await run({ store: subject.store, other })
  } finally {
    await subject.cleanUp?.()
  }
}
