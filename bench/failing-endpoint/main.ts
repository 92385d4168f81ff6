// What a token endpoint is asked that fails for a while, or for ever. See ../README.md.
import { join } from 'node:path'
import { inLanes, progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import type { Outcome } from '../stampede/child.ts'
import { titleOf } from '../subjects/subject.ts'
import { SUBJECTS } from '../subjects/subjects.ts'
import { startVendor, type Vendor } from '../vendor/start-vendor.ts'
import { type FailingRow, failingEndpoint } from './section.ts'

const REQUESTS = 1000
/** For a grant that is dead: how a server meets it, not all at once. */
const IN_FLIGHT = 20
const FAILURES = 3
const TOKEN_DELAY_MS = 50
const TIMEOUT_MS = 120_000

const CHILD = join(import.meta.dirname, '../stampede/child.ts')

interface Job {
  readonly subject: string
  readonly scenario: FailingRow['scenario']
}

async function measure({ subject, scenario }: Job, vendor: Vendor): Promise<FailingRow> {
  progress(`failing endpoint: ${subject}, ${scenario}`)
  const isDead = scenario === 'dead'
  const failures = isDead ? 0 : FAILURES
  const tokens = await vendor.signIn({ isExpired: true, tokenDelayMs: TOKEN_DELAY_MS, isDead, failures })
  const inFlight = isDead ? IN_FLIGHT : REQUESTS
  const args = [subject, vendor.origin, JSON.stringify(tokens), String(REQUESTS), String(inFlight)]
  const outcome = await runChild<Outcome>(CHILD, args, { timeoutMs: TIMEOUT_MS })
  const { tokenCalls } = await vendor.counts()
  return { subject, scenario, tokenCalls, failed: REQUESTS - (outcome['200'] ?? 0) }
}

const options = sectionOptions()
const jobs = SUBJECTS.filter(({ renews }) => renews !== 'never').flatMap((subject) =>
  (['errors', 'dead'] as const).map((scenario): Job => ({ subject: titleOf(subject), scenario })),
)
const rows = new Map<Job, FailingRow>()
await inLanes(jobs, startVendor, async (job, vendor) => {
  rows.set(job, await measure(job, vendor))
})
printSection(
  failingEndpoint,
  jobs.flatMap((job) => rows.get(job) ?? []),
  options,
)
