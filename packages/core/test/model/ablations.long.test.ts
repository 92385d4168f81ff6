import { describe, expect, test } from 'vitest'
import { explore } from './explore.ts'
import { ABLATIONS } from './scenarios.ts'

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
