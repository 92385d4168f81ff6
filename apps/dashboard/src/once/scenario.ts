import { type Counts, difference } from '../vendors/counters.ts'
import { describeProblem } from '../vendors/problem.ts'
import type { Vendor } from '../vendors/vendor.ts'
import { type Step, stepsOf } from './steps.ts'

/** What one step of the scenario cost. */
export interface StepResult {
  readonly step: Pick<Step, 'name' | 'shows'>
  readonly counts: Counts
}

export interface ScenarioResult {
  readonly vendor: Vendor
  readonly steps: readonly StepResult[]
  /** What failed or cost more than it should, one sentence each. */
  readonly problems: readonly string[]
}

/** Takes a simulated vendor through its steps; a live one is only read once. */
export async function runScenario(vendor: Vendor): Promise<ScenarioResult> {
  if (vendor.simulation === undefined) {
    return { vendor, steps: [], problems: await problemsOf(() => vendor.read()) }
  }
  const steps: StepResult[] = []
  const problems: string[] = []
  for (const step of stepsOf(vendor.simulation)) {
    const before = vendor.figures()
    const failure = await problemsOf(() => step.run(vendor))
    const counts = difference(vendor.figures(), before)
    steps.push({ step, counts })
    const found = failure.length > 0 ? failure : surprises(step, counts)
    problems.push(...found.map((problem) => `${step.name}: ${problem}`))
    if (failure.length > 0) break
  }
  return { vendor, steps, problems }
}

async function problemsOf(act: () => Promise<void>): Promise<readonly string[]> {
  try {
    await act()
    return []
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
