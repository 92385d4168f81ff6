import { airthingsSimulator } from '@valetkey/testing/simulators'
import { describe, expect, test } from 'vitest'

import * as airthings from '../src/index.ts'
import { CLIENT, startExpiredWorld, startWorld } from './support/world.ts'

describe('Airthings’ API', () => {
  test('API base: the token goes to the host of the chosen API and to no other', () => {
    const hosts = [
      'https://consumer-api.airthings.com',
      'https://ext-api.airthings.com',
      'https://accounts-api.airthings.com',
    ]
    expect(hosts.map(airthings.clientCredentials(CLIENT).covers)).toEqual([true, false, false])
    expect(hosts.map(airthings.clientCredentials({ ...CLIENT, api: 'business' }).covers)).toEqual([false, true, false])
  })

  test('API base: another token host does not move where the token goes', () => {
    const { covers } = airthings.clientCredentials({ ...CLIENT, tokenUrl: 'https://proxy.example/token' })
    expect(['https://consumer-api.airthings.com', 'https://proxy.example'].map(covers)).toEqual([true, false])
  })

  test('Placement: Authorization: Bearer <jwt>', async () => {
    await using world = await startWorld()
    await world.http(world.accountsUrl)
    const { accessToken } = await world.credential.getToken()
    expect(world.simulator.requests.at(-1)?.headers.authorization).toBe(`Bearer ${accessToken}`)
  })

  test('what people come for: CO₂, temperature, humidity and radon of every device', async () => {
    await using world = await startWorld()
    const { accounts } = await (await world.http(world.accountsUrl)).json()
    const { results } = await (await world.http(`${world.accountsUrl}/${accounts[0].id}/sensors`)).json()
    expect(results[0].sensors).toMatchObject([
      { sensorType: 'co2', unit: 'ppm' },
      { sensorType: 'temp', unit: 'c' },
      { sensorType: 'humidity', unit: 'pct' },
      { sensorType: 'radonShortTermAvg', unit: 'bq' },
    ])
    expect(world.simulator.tokenCalls()).toBe(1)
  })

  test('Expired access: an expired token is replaced before the request is sent, not after a 401', async () => {
    await using world = await startExpiredWorld()
    expect((await world.http(world.accountsUrl)).status).toBe(200)
    expect(world.simulator.requests.map(({ kind }) => kind)).toEqual(['token', 'token', 'api'])
  })

  test('Expired access: a 401 is answered with one new token and one replay', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    world.simulator.revokeAll()
    expect((await world.http(world.accountsUrl)).status).toBe(200)
    expect(world.simulator.requests.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'token 200',
      'api 401',
      'token 200',
      'api 200',
    ])
  })

  test('401 body: a bare JSON string does not hide the 401, and the caller can still read it', async () => {
    await using world = await startWorld()
    world.simulator.outage(true)
    const answer = await world.http(world.accountsUrl)
    expect([answer.status, await answer.json()]).toEqual([401, 'Not Authenticated'])
    expect([world.simulator.tokenCalls(), world.simulator.apiCalls()]).toEqual([2, 2])
  })

  test('Error body: a 403 is a matter of permission, renews nothing, and its message reaches the caller', async () => {
    await using world = await startWorld()
    const answer = await world.http(`${world.accountsUrl}/somebody-else/devices`)
    expect([answer.status, await answer.json()]).toEqual([403, { message: expect.any(String) }])
    expect([world.simulator.tokenCalls(), world.simulator.apiCalls()]).toEqual([1, 1])
  })

  test('Rate limits: the 121st request of an hour is answered 429, which renews nothing and keeps its headers', async () => {
    await using world = await startWorld()
    for (let spent = 0; spent < 120; spent += 1) expect((await world.http(world.accountsUrl)).status).toBe(200)
    const answer = await world.http(world.accountsUrl)
    expect(answer.status).toBe(429)
    expect(answer.headers.get('x-ratelimit-retry-after')).toBe('3600')
    expect(await answer.json()).toMatchObject({ error_description: 'Rate limit on API exceeded' })
    expect(world.simulator.tokenCalls()).toBe(1)
  })

  test('Rate limits: of the quota that all users of a client share, a request takes one, a refresh none', async () => {
    await using world = await startWorld({ api: 'business' }, { api: 'business' })
    await world.http(world.accountsUrl)
    world.simulator.revokeAll()
    const answer = await world.http(world.accountsUrl)
    expect(answer.headers.get('x-ratelimit-limit')).toBe('5000')
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('4998')
  })

  test('Public clients’ bugs: an error of the API other than 401 discards no token', async () => {
    await using world = await startWorld()
    for (const status of [400, 404, 500, 503]) {
      world.simulator.failNext({ on: 'api', status, body: { message: 'no' } })
      expect((await world.http(world.accountsUrl)).status).toBe(status)
    }
    expect((await world.http(world.accountsUrl)).status).toBe(200)
    expect([world.simulator.tokenCalls(), world.simulator.apiCalls()]).toEqual([1, 5])
  })

  test('a 401 of another host after a redirect is not ours: the token stays at home and nothing is renewed', async () => {
    await using world = await startWorld()
    await using foreign = await airthingsSimulator({ clientId: 'foreign', clientSecret: 'foreign' })
    world.simulator.failNext({ on: 'api', status: 302, headers: { location: `${foreign.baseUrl}/v1/accounts` } })
    expect((await world.http(world.accountsUrl)).status).toBe(401)
    expect(foreign.requests).toHaveLength(1)
    expect(foreign.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(world.simulator.tokenCalls()).toBe(1)
  })
})
