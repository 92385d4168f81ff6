import { expect, test } from 'vitest'
import { simulatedVendors } from './support/vendors.ts'

test('The time that a token request took is true, also when its vendor’s clock is put forward meanwhile', async () => {
  const { vendors } = await simulatedVendors()
  for (const { name, credential, simulation, touch } of vendors) {
    if (!simulation || !('status' in credential)) continue
    const { simulator, clock } = simulation
    const durations: number[] = []
    credential.on('acquired', ({ durationMs }) => void durations.push(durationMs))
    credential.on('refreshed', ({ durationMs }) => void durations.push(durationMs))
    await touch()
    const release = simulator.hold('token')
    clock.advance(60_000)
    const startedAt = performance.now()
    const touching = touch()
    await simulator.waitForRequests('token', 2)
    clock.advance(10_000)
    release()
    await touching
    const tookMs = performance.now() - startedAt
    expect([name, durations.length]).toEqual([name, 2])
    expect(durations[1]).toBeLessThanOrEqual(tookMs)
  }
})
