import { expect, test } from 'vitest'
import { runTwoHosts } from './support/two-hosts.ts'

test('two hosts with one store make 200 calls over five ends of the token and a revocation, and a person signs in once', async () => {
  const { calls, failures, asked, counts } = await runTwoHosts('valetkey')
  expect({ calls, failures, asked }).toEqual({ calls: 200, failures: [], asked: 1 })
  expect(counts).toMatchObject({ registrations: 1, signIns: 1, needless: 0, reuses: 0 })
  expect(counts.expiries).toBeGreaterThanOrEqual(5)
  expect(counts.refreshes).toBe(counts.expiries + 1)
})
