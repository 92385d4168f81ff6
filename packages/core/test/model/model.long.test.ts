import { describe, expect, test } from 'vitest'
import { explore } from './explore.ts'
import { SCENARIOS } from './scenarios.ts'

/** Keeps the run short; `npm run model` visits everything. */
const STATES_PER_SCENARIO = 700

describe('whatever the order of events', () => {
  test.each(SCENARIOS)('no invariant breaks: $name, vendor rule $rule', (scenario) => {
    const { violations, states } = explore(scenario, STATES_PER_SCENARIO)
    expect(Object.fromEntries(violations)).toEqual({})
    expect(states).toBeGreaterThan(10)
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
