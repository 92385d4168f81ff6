import type { Counts } from './figures.ts'
import { describeProblem } from './problem.ts'
import type { Simulation, Vendor } from './vendor.ts'

/** What one step of the scenario cost. */
export interface StepResult {
  readonly vendor: string
  readonly step: string
  readonly counts: Counts
}

export interface ScenarioResult {
  readonly steps: readonly StepResult[]
  /** What failed or cost more than it should, one sentence each. */
  readonly problems: readonly string[]
}

interface Step {
  readonly name: string
  run(vendor: Vendor, simulation: Simulation): Promise<void>
  /** What this step has to cost, however many requests it makes. */
  readonly tokenCalls: number
  readonly replays: number
}

const BURST = 200

const STEPS: readonly Step[] = [
  { name: 'first use', run: (vendor) => vendor.read(), tokenCalls: 1, replays: 0 },
  {
    name: 'token expired',
    run: (vendor, { expireTokens }) => {
      expireTokens()
      return vendor.read()
    },
    tokenCalls: 1,
    replays: 0,
  },
  {
    name: 'token revoked by the vendor',
    run: (vendor, { simulator }) => {
      simulator.revokeAll()
      return vendor.read()
    },
    tokenCalls: 1,
    replays: 1,
  },
  {
    name: `token expired, ${BURST} requests at once`,
    run: async (vendor, { expireTokens }) => {
      expireTokens()
      await burst(vendor)
    },
    tokenCalls: 1,
    replays: 0,
  },
]

/** Lets a simulated vendor's tokens expire and be revoked under load; of a live vendor's it only reads once. */
export async function runScenario(vendor: Vendor): Promise<ScenarioResult> {
  const { name, simulation } = vendor
  if (simulation === undefined) return readOnce(vendor)
  const steps: StepResult[] = []
  const problems: string[] = []
  for (const step of STEPS) {
    const before = vendor.figures()
    const failure = await failureOf(() => step.run(vendor, simulation))
    const counts = difference(vendor.figures(), before)
    steps.push({ vendor: name, step: step.name, counts })
    problems.push(...(failure ?? surprises(step, counts)).map((problem) => `${name}, ${step.name}: ${problem}`))
    if (failure) break
  }
  return { steps, problems }
}

async function readOnce(vendor: Vendor): Promise<ScenarioResult> {
  const failure = await failureOf(() => vendor.read())
  return { steps: [], problems: (failure ?? []).map((problem) => `${vendor.name}: ${problem}`) }
}

async function failureOf(act: () => Promise<void>): Promise<readonly string[] | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    return [describeProblem(error)]
  }
}

/** Waits for all, then rejects with the first failure. */
async function burst(vendor: Vendor): Promise<void> {
  const requests = Array.from({ length: BURST }, () => vendor.touch())
  await Promise.allSettled(requests)
  await Promise.all(requests)
}

const CHECKED = [
  { of: 'tokenCalls', title: 'token calls' },
  { of: 'replays', title: 'replays' },
] as const

function surprises(step: Step, counts: Counts): readonly string[] {
  return CHECKED.filter(({ of }) => counts[of] !== step[of]).map(
    ({ of, title }) => `${title}: ${counts[of]} instead of ${step[of]}`,
  )
}

function difference(after: Counts, before: Counts): Counts {
  return {
    requests: after.requests - before.requests,
    tokenCalls: after.tokenCalls - before.tokenCalls,
    refreshes: after.refreshes - before.refreshes,
    replays: after.replays - before.replays,
    failures: after.failures - before.failures,
  }
}
