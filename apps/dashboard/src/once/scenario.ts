import type { Counts } from '../vendors/counters.ts'
import { describeProblem } from '../vendors/problem.ts'
import type { Vendor } from '../vendors/vendor.ts'
import type { Step } from './steps.ts'

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

/** Takes a simulated vendor through its steps; a live one is only read once. */
export async function runScenario(vendor: Vendor): Promise<ScenarioResult> {
  const { name, simulation } = vendor
  if (simulation === undefined) return readOnce(vendor)
  const steps: StepResult[] = []
  const problems: string[] = []
  for (const step of simulation.steps) {
    const before = vendor.figures()
    const failure = await failureOf(() => step.run(vendor))
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
