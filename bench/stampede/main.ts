// What a thousand requests at once cost the token endpoint, and how many of them fail. See ../README.md.
import { join } from 'node:path'
import { inLanes, progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { titleOf } from '../subjects/subject.ts'
import { SUBJECTS } from '../subjects/subjects.ts'
import { startVendor, type Vendor } from '../vendor/start-vendor.ts'
import type { VendorPlan } from '../vendor/token-endpoint.ts'
import type { Outcome } from './child.ts'
import { SCENARIOS, type Scenario, type StampedeRow, stampede } from './section.ts'

const REQUESTS = 1000
/** The slowest subject tries for some 20 s. */
const TIMEOUT_MS = 60_000

/** Slow enough that a thousand requests all find the same token. */
const TOKEN_DELAY_MS = 50

const PLANS: Readonly<Record<Scenario, VendorPlan>> = {
  expired: { isExpired: true, tokenDelayMs: TOKEN_DELAY_MS },
  revoked: { tokenDelayMs: TOKEN_DELAY_MS },
  late: { tokenDelayMs: TOKEN_DELAY_MS, isLate: true },
}

const CHILD = join(import.meta.dirname, 'child.ts')

interface Job {
  readonly subject: string
  readonly scenario: Scenario
}

async function measure({ subject, scenario }: Job, vendor: Vendor): Promise<StampedeRow> {
  progress(`stampede: ${subject}, ${scenario}`)
  const tokens = await vendor.signIn(PLANS[scenario])
  const outcome = await runChild<Outcome>(CHILD, [subject, vendor.origin, JSON.stringify(tokens), String(REQUESTS)], {
    timeoutMs: TIMEOUT_MS,
    whenReady: async () => {
      await vendor.resetCounts()
      if (scenario !== 'expired') await vendor.revoke()
    },
  })
  const { tokenCalls, spent } = await vendor.counts()
  const failed = REQUESTS - (outcome['200'] ?? 0)
  return { subject, scenario, requests: REQUESTS, tokenCalls, failed, isDead: spent }
}

const options = sectionOptions()
const jobs = SUBJECTS.flatMap((subject) =>
  SCENARIOS.filter(
    (scenario) => subject.renews === 'refused' || (subject.renews === 'expired' && scenario === 'expired'),
  ).map((scenario): Job => ({ subject: titleOf(subject), scenario })),
)
const rows = new Map<Job, StampedeRow>()
await inLanes(jobs, startVendor, async (job, vendor) => {
  rows.set(job, await measure(job, vendor))
})
printSection(
  stampede,
  jobs.flatMap((job) => rows.get(job) ?? []),
  options,
)
