import { expect, test } from 'vitest'
import { type Runner, type VendorUnderTest, vendorContract } from '../src/index.ts'
import { BROKEN_KEY_VENDORS, BROKEN_TOKEN_VENDORS } from './vendor-contract/broken-vendors.ts'
import { KEY, TOKENS } from './vendor-contract/under-test.ts'

test.each([
  ...BROKEN_TOKEN_VENDORS.map((broken) => ({ ...broken, good: TOKENS })),
  ...BROKEN_KEY_VENDORS.map((broken) => ({ ...broken, good: KEY })),
])('the vendor contract finds a package that $fault', async ({ good, create, fails }) => {
  expect(await failedTests({ ...good, create })).toEqual(fails)
})

/** The names of the tests that fail, in their order; all run at the same time. */
async function failedTests(vendor: VendorUnderTest): Promise<string[]> {
  const outcomes: Promise<string[]>[] = []
  const runner: Runner = {
    describe: (_, define) => define(),
    test: (name, run) => void outcomes.push(isFailing(run).then((fails) => (fails ? [name] : []))),
  }
  vendorContract(runner, vendor)
  return (await Promise.all(outcomes)).flat()
}

async function isFailing(run: () => void | Promise<void>): Promise<boolean> {
  try {
    await run()
    return false
  } catch {
    return true
  }
}
