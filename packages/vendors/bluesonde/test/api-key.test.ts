import { inspect } from 'node:util'

import { withCredential } from '@valetkey/fetch'
import { findLeaks } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'

import * as bluesonde from '../src/index.ts'
import { API_KEY, startWorld, traffic } from './support/world.ts'

describe('an API key of Bluesonde', () => {
  test('Placement: Authorization: Bearer <key>, in upper and lower case as they are', async () => {
    const world = await startWorld()
    expect((await world.http(world.devicesUrl)).status).toBe(200)
    expect(world.simulator.requests[0]?.headers.authorization).toBe(`Bearer ${API_KEY}`)
    expect(world.simulator.requests[0]?.query).toEqual({})
  })

  test('Live and test keys are keys alike', async () => {
    const apiKey = 'sk_test_canary'
    const world = await startWorld({ apiKey }, { apiKey })
    expect((await world.http(world.devicesUrl)).status).toBe(200)
  })

  test('API base: the key goes to the host of the base URL and to no other', () => {
    const { covers } = bluesonde.apiKey({ apiKey: API_KEY, baseUrl: 'https://api.example.com/v1' })
    const hosts = ['https://api.example.com', 'https://auth.bluesonde.io', 'https://docs.bluesonde.io']
    expect(hosts.map(covers)).toEqual([true, false, false])
  })

  test('API base: after a redirect to another host the key stays at home', async () => {
    const world = await startWorld()
    const foreign = await startWorld()
    world.simulator.failNext({ on: 'api', status: 302, headers: { location: foreign.devicesUrl } })
    expect((await world.http(world.devicesUrl)).status).toBe(401)
    expect(foreign.simulator.requests[0]?.headers).not.toHaveProperty('authorization')
    expect([foreign.simulator.apiCalls(), world.refusals]).toEqual([1, []])
  })

  test('what people come for: wave height and water temperature of every buoy', async () => {
    const world = await startWorld()
    const { devices } = await (await world.http(world.devicesUrl)).json()
    const readings = devices.map(async ({ id }: { id: string }) =>
      (await world.http(`${world.devicesUrl}/${id}/readings`)).json(),
    )
    expect(await Promise.all(readings)).toMatchObject([
      { readings: [{ wave_height_m: 0.4, water_temperature_c: 11.8 }] },
      { readings: [{ wave_height_m: 1.7, water_temperature_c: 10.9 }] },
    ])
  })

  test('a key does not expire, and no token is ever asked for', async () => {
    const world = await startWorld({ clientId: 'an-application-too' })
    for (let year = 0; year < 5; year += 1) {
      world.simulator.clock.advance(365 * 86_400_000)
      expect((await world.http(world.devicesUrl)).status).toBe(200)
    }
    expect(world.simulator.tokenCalls()).toBe(0)
  })
})

describe('a key that Bluesonde refuses', () => {
  test('401 is final: one call, no replay, no token call, and the event says why', async () => {
    const world = await startWorld()
    world.simulator.deleteApiKey(API_KEY)
    const answer = await world.http(world.devicesUrl)
    expect([answer.status, await answer.json()]).toEqual([401, { message: 'Unauthorized' }])
    expect(traffic(world)).toEqual(['api 401'])
    expect(world.refusals).toMatchObject([{ vendor: 'bluesonde', status: 401, reason: 'api_key_refused' }])
  })

  test('401 does not end the key: each request asks once, and works when the key is good again', async () => {
    const world = await startWorld()
    world.simulator.outage(true)
    for (let request = 0; request < 3; request += 1) expect((await world.http(world.devicesUrl)).status).toBe(401)
    world.simulator.outage(false)
    expect((await world.http(world.devicesUrl)).status).toBe(200)
    expect(traffic(world)).toEqual(['api 401', 'api 401', 'api 401', 'api 200'])
  })

  test('403 is a matter of scopes: nothing is refused, nothing is sent again', async () => {
    const world = await startWorld({ scopes: [] })
    expect((await world.http(world.devicesUrl)).status).toBe(403)
    expect([traffic(world), world.refusals]).toEqual([['api 403'], []])
  })

  test.each([404, 429, 500, 503])('%i reaches the caller, and nothing is sent again', async (status) => {
    const world = await startWorld()
    world.simulator.failNext({ on: 'api', status })
    expect((await world.http(world.devicesUrl)).status).toBe(status)
    expect([traffic(world), world.refusals]).toEqual([[`api ${status}`], []])
  })
})

describe('a key that is read from a vault', () => {
  test('and has changed there meanwhile renews: one reading, one replay', async () => {
    let key = API_KEY
    let readings = 0
    const apiKey = async () => {
      readings += 1
      return key
    }
    const world = await startWorld({}, { apiKey })
    await world.http(world.devicesUrl)
    key = world.simulator.createApiKey()
    world.simulator.deleteApiKey(API_KEY)
    expect((await world.http(world.devicesUrl)).status).toBe(200)
    expect(traffic(world)).toEqual(['api 200', 'api 401', 'api 200'])
    expect(world.simulator.requests.at(-1)?.headers.authorization).toBe(`Bearer ${key}`)
    expect([readings, world.refusals.map(({ reason }) => reason)]).toEqual([2, [undefined]])
  })

  test('and is the same there is final as well', async () => {
    const world = await startWorld({}, { apiKey: async () => API_KEY })
    world.simulator.deleteApiKey(API_KEY)
    expect((await world.http(world.devicesUrl)).status).toBe(401)
    expect(traffic(world)).toEqual(['api 401'])
    expect(world.refusals).toMatchObject([{ reason: 'api_key_refused' }])
  })

  test('is read once for a hundred requests that are refused at once', async () => {
    const keys = [API_KEY]
    let readings = 0
    const apiKey = async () => {
      readings += 1
      return keys.at(-1) ?? ''
    }
    const world = await startWorld({}, { apiKey })
    await world.http(world.devicesUrl)
    keys.push(world.simulator.createApiKey())
    const release = world.simulator.hold('api', 100)
    const requests = Array.from({ length: 100 }, () => world.http(world.devicesUrl))
    await world.simulator.waitForRequests('api', 101)
    world.simulator.deleteApiKey(API_KEY)
    release()
    const answers = await Promise.all(requests)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect([readings, world.simulator.apiCalls()]).toEqual([2, 201])
  })
})

describe('options of bluesonde.apiKey', () => {
  test.each(['sk_live_canary\n', '<your-token-here> canary'])(
    'the key %j is a mistake, told before anything is sent, and not quoted',
    (apiKey) => {
      const error = errorOf(() => bluesonde.apiKey({ apiKey, baseUrl: 'https://api.example.com' }))
      expect(error).toMatchObject({ code: 'invalid_option', vendor: 'bluesonde', option: 'apiKey' })
      expect(findLeaks(error, ['canary'])).toEqual([])
    },
  )

  test('two organisations in one program are two accounts and share nothing', async () => {
    const world = await startWorld()
    const other = await startWorld({ apiKey: 'sk_test_other' }, { apiKey: 'sk_test_other', account: 'other' })
    const http = withCredential(fetch, [world.credential, other.credential])
    expect([(await http(world.devicesUrl)).status, (await http(other.devicesUrl)).status]).toEqual([200, 200])
    expect([world.credential.account, other.credential.account]).toEqual(['default', 'other'])
  })
})

test('the key is in nothing that a program holds, prints or gets in events', async () => {
  const world = await startWorld()
  const good = await world.http(world.devicesUrl)
  world.simulator.deleteApiKey(API_KEY)
  const refused = await world.http(world.devicesUrl)
  const authorization = await world.credential.authorization()
  const { credential, http, refusals } = world
  const seen = { credential, http, refusals, authorization, good, refused }
  expect(refusals).toHaveLength(1)
  expect(findLeaks(seen, [API_KEY], (value) => inspect(value, { depth: 9, showHidden: true }))).toEqual([])
})

test('Grants: a key, authorization code, and no other', () => {
  expect(Object.keys(bluesonde).toSorted()).toEqual(['apiKey', 'authorizationCode', 'vendor'])
})

function errorOf(make: () => unknown): unknown {
  try {
    return make()
  } catch (error) {
    return error
  }
}
