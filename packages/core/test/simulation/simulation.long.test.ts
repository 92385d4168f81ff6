import { describe, expect, test } from 'vitest'
import type { VendorRule } from '../model/vendor.ts'
import { FAULTS } from './faults.ts'
import { simulate } from './simulate.ts'
import type { Faults } from './world.ts'

const MINUTES = 5
/** In any minute, by all six processes, whatever the vendor answers. */
const MOST_TOKEN_CALLS = 12
const SEEDS = Array.from({ length: 8 }, (_, index) => index + 1)

/** Faults that hide what became of a token request: against a strict vendor no client can always recover from those. */
const HIDES_OUTCOME = [
  'crashes',
  'pauses',
  'lost requests and answers',
  'crashes of the holder',
  'pauses of the holder',
  'everything at once',
  'a store that loses what it tells, everything at once',
]

async function run(rule: VendorRule, faults: Faults) {
  return await Promise.all(SEEDS.map((seed) => simulate({ seed, rule, faults, minutes: MINUTES })))
}

describe('six processes, clocks two minutes apart', () => {
  test.each(Object.keys(FAULTS))('vendor with a grace window, %s: nobody has to sign in again', async (name) => {
    for (const result of await run('siblings', FAULTS[name] ?? {})) {
      expect(result).toMatchObject({ failed: [], reauthorizations: [], isTokenLost: false })
      expect(result.mostTokenCallsInAMinute).toBeLessThanOrEqual(MOST_TOKEN_CALLS)
      // What a crashed process had begun has no end.
      expect(result.ok + result.unavailable).toBeLessThanOrEqual(result.operations)
      expect(result.ok).toBeGreaterThan(100)
    }
  })

  test.each(Object.keys(FAULTS))('strict vendor, %s: no operation fails without a reason', async (name) => {
    for (const result of await run('strict', FAULTS[name] ?? {})) {
      expect(result).toMatchObject({ failed: [], isTokenLost: false })
      expect(result.mostTokenCallsInAMinute).toBeLessThanOrEqual(MOST_TOKEN_CALLS)
      if (!HIDES_OUTCOME.includes(name)) expect(result.reauthorizations).toEqual([])
      expect(result.reauthorizations.filter((reason) => reason !== 'refresh_outcome_lost')).toEqual([])
    }
  })

  test('without a fault: one rotation per lifetime, no reuse, no wait beyond one refresh', async () => {
    for (const { rotations, reuses, unavailable, longestWaitMs } of await run('strict', {})) {
      expect([reuses, unavailable]).toEqual([0, 0])
      expect(rotations).toBeLessThanOrEqual(MINUTES + 1)
      expect(longestWaitMs).toBeLessThan(3_500)
    }
  })

  test('with a store that tells, nobody waits longer than one refresh takes; what it loses is found after half a lease', async () => {
    const longest = (results: readonly { readonly longestWaitMs: number }[]) =>
      Math.max(...results.map(({ longestWaitMs }) => longestWaitMs))
    expect(longest(await run('strict', { tells: 'all' }))).toBeLessThan(3_300)
    expect(longest(await run('strict', { tells: 'some' }))).toBeLessThan(3_300 + 7_500)
  })

  test('the same seed gives the same run', async () => {
    const options = { seed: 7, rule: 'strict', faults: FAULTS['everything at once'] ?? {}, minutes: 2 } as const
    expect(await simulate(options)).toEqual(await simulate(options))
  })
})
