import { describe, expect, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import { read, start } from './bluesonde-requests.ts'

describe('Bluesonde simulator: API keys and resources', () => {
  test('a key reads the buoys and what they measure', async () => {
    const bluesonde = await start({ apiKey: 'sk_test_sim', clock: virtualClock({ now: Date.UTC(2026, 5, 10, 6) }) })
    const { devices } = await (await read(bluesonde, 'sk_test_sim')).json()
    expect(devices).toMatchObject([
      { id: 'buoy-1', name: 'Harbour mouth' },
      { id: 'buoy-2', name: 'Outer bank' },
    ])
    expect(await (await read(bluesonde, 'sk_test_sim', '/v1/devices/buoy-2/readings')).json()).toEqual({
      readings: [
        {
          recorded_at: '2026-06-10T06:00:00.000Z',
          wave_height_m: 1.7,
          wave_period_s: 5.6,
          water_temperature_c: 10.9,
        },
      ],
    })
    expect((await read(bluesonde, 'sk_test_sim', '/v1/devices/buoy-3/readings')).status).toBe(404)
  })

  test('no key and an unknown key are answered 401', async () => {
    const bluesonde = await start({ apiKey: 'sk_test_sim' })
    expect((await fetch(`${bluesonde.baseUrl}/v1/devices`)).status).toBe(401)
    expect((await read(bluesonde, 'sk_test_other')).status).toBe(401)
  })

  test('a key without the scope is answered 403', async () => {
    const bluesonde = await start({ apiKey: 'sk_test_sim', scopes: ['offline_access'] })
    const answer = await read(bluesonde, 'sk_test_sim')
    expect([answer.status, await answer.json()]).toEqual([403, { message: 'Forbidden: devices:read is missing' }])
  })

  test('a key is valid for years, until it is deleted', async () => {
    const bluesonde = await start({ apiKey: 'sk_test_sim', clock: virtualClock() })
    bluesonde.clock.advance(5 * 365 * 86_400_000)
    bluesonde.revokeGrants()
    expect((await read(bluesonde, 'sk_test_sim')).status).toBe(200)
    bluesonde.deleteApiKey('sk_test_sim')
    expect((await read(bluesonde, 'sk_test_sim')).status).toBe(401)
  })

  test('a further key has its own scopes', async () => {
    const bluesonde = await start({ apiKey: 'sk_test_sim' })
    const [full, poor] = [bluesonde.createApiKey(), bluesonde.createApiKey([])]
    expect(full).toMatch(/^sk_test_[\w-]{32}$/)
    expect([(await read(bluesonde, full)).status, (await read(bluesonde, poor)).status]).toEqual([200, 403])
  })
})
