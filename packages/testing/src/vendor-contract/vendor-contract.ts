import type { Runner } from '../runner.ts'
import { identityCases } from './identity-cases.ts'
import { optionCases } from './option-cases.ts'
import { originCases } from './origin-cases.ts'
import { refusalCases } from './refusal-cases.ts'
import { secretCases } from './secret-cases.ts'
import type { VendorCase, VendorUnderTest } from './subject.ts'
import { tokenRequestCases } from './token-request-cases.ts'

/**
 * What every factory of a vendor package must do, as tests of your test framework:
 * `vendorContract({ describe, test }, { vendor: 'flume', create: flume.password, … })`.
 * They need no network and no time; what is special about a vendor is tested against its simulator. A failed test throws an
 * error that says what the package must do.
 */
export function vendorContract(runner: Runner, vendor: VendorUnderTest): void {
  for (const [group, cases] of Object.entries(groupsOf(vendor))) {
    runner.describe(`vendor contract of ${vendor.vendor}: ${group}`, () => {
      for (const { name, run } of cases) runner.test(name, run)
    })
  }
}

function groupsOf(vendor: VendorUnderTest): Readonly<Record<string, readonly VendorCase[]>> {
  const always = {
    options: optionCases(vendor),
    origins: originCases(vendor),
    refusals: refusalCases(vendor),
    secrets: secretCases(vendor),
  }
  if (!vendor.tokenAnswer) return always
  return { ...always, identity: identityCases(vendor), 'token requests': tokenRequestCases(vendor) }
}
