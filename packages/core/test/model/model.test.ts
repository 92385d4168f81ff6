import { describe, expect, test } from 'vitest'
import { explore } from './explore.ts'
import { ABLATIONS, SCENARIOS } from './scenarios.ts'

/** Keeps the run short; `npm run model` visits everything. */
const STATES_PER_SCENARIO = 700

describe('whatever the order of events', () => {
  test.each(SCENARIOS)('no invariant breaks: $name, vendor rule $rule', (scenario) => {
    const { violations, states } = explore(scenario, STATES_PER_SCENARIO)
    expect(Object.fromEntries(violations)).toEqual({})
    expect(states).toBeGreaterThan(10)
  })
})

describe('the explorer notices when a safeguard is taken away', () => {
  test.each(ABLATIONS)('$ablation', ({ breaks, ...scenario }) => {
    const { ablation: _, ...intact } = scenario
    expect([...explore(scenario, 20_000).violations.keys()]).toContain(breaks)
    expect([...explore(intact, 20_000).violations.keys()]).toEqual([])
  })

  test('fenced commits lose tokens that are kept otherwise', () => {
    const stopped = { name: 'stop', rule: 'reject', processes: 2, budget: { pause: 1 } } as const
    expect(explore({ ...stopped, ablation: 'fenced commits' }).unavoidable).toContain('LOST-TOKEN')
    expect(explore(stopped).unavoidable).not.toContain('LOST-TOKEN')
  })
})

test('with a vendor that has a grace window, no crash and no lost answer costs a new sign-in', () => {
  const { violations, unavoidable, isComplete } = explore({
    name: 'crash and a lost answer',
    rule: 'siblings',
    processes: 2,
    budget: { crash: 1, loseAnswer: 1 },
  })
  expect([isComplete, violations.size, unavoidable.size]).toEqual([true, 0, 0])
})
