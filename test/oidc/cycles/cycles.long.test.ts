import { describe, expect, test } from 'vitest'
import { missingRedis } from './redis.ts'
import { runCycles } from './run-cycles.ts'

const missing = process.env.CI === 'true' ? undefined : missingRedis()
const note = missing === undefined ? '' : ` (${missing})`

describe('six processes that share one sign-in at oidc-provider through Redis', () => {
  test.skipIf(missing !== undefined)(
    `use each refresh token once, and every request of theirs is answered${note}`,
    async () => {
      const { durationsMs, refusals, ...figures } = await runCycles({ cycles: 8, processes: 6, requests: 2 })
      expect(figures).toEqual({ answered: 9 * 6 * 2, failures: [], refreshes: 8, refused: [], reuses: 0 })
      expect(refusals).toBeGreaterThanOrEqual(8 * 6)
      expect(durationsMs).toHaveLength(8)
    },
  )
})
