import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type Runner, type VendorUnderTest, vendorContract } from '../src/index.ts'
import { acme, acmeKey, GOOD } from './vendor-contract/acme.ts'
import { BROKEN_KEY_VENDORS, BROKEN_TOKEN_VENDORS } from './vendor-contract/broken-vendors.ts'

const ACME = {
  packageName: '@valetkey/acme',
  origins: ['https://api.acme.example'],
  inspect: (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect: false }),
}

const TOKENS: VendorUnderTest = {
  ...ACME,
  create: acme(GOOD),
  options: { clientId: 'boat-app', clientSecret: 'canary-client-secret' },
  secrets: ['clientSecret'],
  identity: ['clientId'],
  tokenAnswer: (access_token) => ({ access_token }),
}

const KEY: VendorUnderTest = { ...ACME, create: acmeKey, options: { apiKey: 'canary-api-key' }, secrets: ['apiKey'] }

describe('a vendor with tokens', () => {
  vendorContract({ describe, test }, TOKENS)
})

describe('a vendor with an API key', () => {
  vendorContract({ describe, test }, KEY)
})

test.concurrent.each([
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
