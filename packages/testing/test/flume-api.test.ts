import { describe, expect, test } from 'vitest'

import { post, read, start, tokens } from './flume-requests.ts'

describe('Flume simulator: API', () => {
  test('an access token is valid until its lifetime ends by the simulator clock', async () => {
    const flume = await start({ expiresIn: 60 })
    const { access_token } = await tokens(flume)
    flume.clock.advance(58_000)
    expect((await read(flume, '/me', access_token)).status).toBe(200)
    flume.clock.advance(2_000)
    const expired = await read(flume, '/me', access_token)
    expect(expired.status).toBe(401)
    expect(await expired.json()).toEqual({})
  })

  test('a token with another signature, a foreign token or none is answered 401', async () => {
    const flume = await start()
    const foreign = await tokens(await start())
    const { access_token } = await tokens(flume)
    const forged = `${access_token.slice(0, access_token.lastIndexOf('.'))}.AAAA`
    for (const token of [forged, foreign.access_token, '']) expect((await read(flume, '/me', token)).status).toBe(401)
    expect((await fetch(`${flume.baseUrl}/me`)).status).toBe(401)
  })

  test('/me stands for the user, another user is refused', async () => {
    const flume = await start({ userId: 42 })
    const { access_token } = await tokens(flume)
    const [mine, same] = await Promise.all(['/me', '/users/42'].map((path) => read(flume, path, access_token)))
    const profile = await mine?.json()
    expect(profile).toMatchObject({ code: 602, data: [{ id: 42 }] })
    expect(await same?.json()).toEqual(profile)
    expect((await read(flume, '/users/43', access_token)).status).toBe(403)
    const devices = await (await read(flume, '/me/devices', access_token)).json()
    expect(devices.data[0]).toMatchObject({ type: 2, user_id: 42 })
    expect((await read(flume, `/users/42/devices/${devices.data[0].id}`, access_token)).status).toBe(200)
    expect((await read(flume, '/me/devices/none', access_token)).status).toBe(404)
  })

  test('the alias host accepts the same tokens', async () => {
    const flume = await start()
    const { access_token } = await tokens(flume)
    expect(flume.aliasUrl).not.toBe(flume.baseUrl)
    expect((await read({ baseUrl: flume.aliasUrl }, '/me', access_token)).status).toBe(200)
  })

  test('a water query gives a figure for each request in the units asked for', async () => {
    const flume = await start({ clock: { now: () => Date.UTC(2026, 5, 10, 6) } })
    const { access_token } = await tokens(flume)
    const query = { since_datetime: '2026-06-09 00:00:00', bucket: 'DAY' }
    const body = {
      queries: [
        { ...query, request_id: 'total', units: 'LITERS', operation: 'SUM' },
        { ...query, request_id: 'days', units: 'LITERS' },
        { ...query, request_id: 'gallons', until_datetime: '2026-06-10 00:00:00', operation: 'SUM' },
        { ...query, request_id: 'halfDays', units: 'LITERS', bucket: 'HR', group_multiplier: 12, operation: 'CNT' },
        { ...query, request_id: 'newest', units: 'CUBIC_METERS', sort_direction: 'DESC' },
        { ...query, request_id: 'month', units: 'LITERS', bucket: 'MON', operation: 'MAX' },
      ],
    }
    const device = (await (await read(flume, '/me/devices', access_token)).json()).data[0]
    const url = `${flume.baseUrl}/me/devices/${device.id}/query`
    const answer = await (await post(url, body, { authorization: `Bearer ${access_token}` })).json()
    expect(answer.data[0]).toEqual({
      total: [{ value: 498 }],
      days: [
        { datetime: '2026-06-09 00:00:00', value: 480 },
        { datetime: '2026-06-10 00:00:00', value: 18 },
      ],
      gallons: [{ value: 126.80258496 }],
      halfDays: [{ value: 3 }],
      newest: [
        { datetime: '2026-06-10 00:00:00', value: 0.018 },
        { datetime: '2026-06-09 00:00:00', value: 0.48 },
      ],
      month: [{ value: 498 }],
    })
  })

  test('an incomplete water query is answered with the fields that are wrong', async () => {
    const flume = await start()
    const { access_token } = await tokens(flume)
    const device = (await (await read(flume, '/me/devices', access_token)).json()).data[0]
    const body = { queries: [{ request_id: 'a', since_datetime: 'yesterday', bucket: 'DAY', units: 'BARRELS' }, {}] }
    const url = `${flume.baseUrl}/me/devices/${device.id}/query`
    const answer = await post(url, body, { authorization: `Bearer ${access_token}` })
    expect(answer.status).toBe(400)
    const { detailed } = await answer.json()
    expect(detailed.map(({ field }: { field: string }) => field)).toEqual([
      'queries[0].units',
      'queries[0].since_datetime',
      'queries[1].request_id',
      'queries[1].since_datetime',
      'queries[1].bucket',
    ])
  })
})
