import { withCredential } from '@valetkey/fetch'
import { flumeSimulator } from '@valetkey/testing/simulators'
import { describe, expect, test } from 'vitest'

import * as flume from '../src/index.ts'
import { grantTypes, OWNER, startExpiredWorld, startWorld } from './support/world.ts'

describe('Flume’s API', () => {
  test('API base: the token goes to both of Flume’s hosts, to no other and not over http', () => {
    const { covers } = flume.password(OWNER)
    expect(['https://api.flumewater.com', 'https://api.flumetech.com'].map(covers)).toEqual([true, true])
    const foreign = ['http://api.flumewater.com', 'https://flumewater.com', 'https://api.flumewater.com:8443']
    expect(foreign.map(covers)).toEqual([false, false, false])
    expect(
      flume.password({ ...OWNER, baseUrl: 'https://proxy.example/flume' }).covers('https://api.flumewater.com'),
    ).toBe(false)
  })

  test('API base: one token serves the documented host and the older alias', async () => {
    await using simulator = await flumeSimulator(OWNER)
    const hosts = new Map([
      ['https://api.flumewater.com', simulator.baseUrl],
      ['https://api.flumetech.com', simulator.aliasUrl],
    ])
    const network = (url: string, init?: RequestInit) => {
      const { origin, pathname } = new URL(url)
      return fetch(`${hosts.get(origin)}${pathname}`, init)
    }
    const credential = flume.password({ ...OWNER, tokenUrl: simulator.tokenUrl, allowInsecureRequests: true })
    const http = withCredential(network, credential)
    for (const host of hosts.keys()) expect((await http(`${host}/me`)).status).toBe(200)
    expect(simulator.tokenCalls()).toBe(1)
    await credential.close()
  })

  test('Placement: Authorization: Bearer <jwt>, also when the answer says "bearer"', async () => {
    await using world = await startWorld()
    await world.http(`${world.simulator.baseUrl}/me`)
    const { accessToken } = await world.credential.getToken()
    expect(world.simulator.requests.at(-1)?.headers.authorization).toBe(`Bearer ${accessToken}`)
  })

  test('Old access token: a request that is under way during a refresh still succeeds with it', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    const release = world.simulator.hold('api', 1)
    const underWay = world.http(`${world.simulator.baseUrl}/me`)
    await world.simulator.waitForRequests('api', 1)
    const current = await world.credential.authorization()
    await world.credential.renew(current)
    release()
    expect((await underWay).status).toBe(200)
    expect([world.simulator.apiCalls(), grantTypes(world)]).toEqual([1, ['password', 'refresh_token']])
  })

  test('401: a token that died early is renewed once and the request sent again', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    world.simulator.revokeAll()
    const answer = await world.http(`${world.simulator.baseUrl}/me/devices`, {
      headers: { accept: 'application/json' },
    })
    expect(answer.status).toBe(200)
    expect(world.simulator.requests.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'token 200',
      'api 401',
      'token 200',
      'api 200',
    ])
    expect(world.simulator.requests.at(-1)?.headers.accept).toBe('application/json')
  })

  test('401: a query with a JSON body is sent again byte for byte', async () => {
    await using world = await startWorld()
    const devices = await (await world.http(`${world.simulator.baseUrl}/me/devices`)).json()
    world.simulator.revokeAll()
    const query = {
      request_id: 'today',
      bucket: 'DAY',
      since_datetime: '2025-12-31 00:00:00',
      units: 'LITERS',
      operation: 'SUM',
    }
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ queries: [query] }),
    }
    const answer = await world.http(`${world.simulator.baseUrl}/me/devices/${devices.data[0].id}/query`, init)
    expect(await answer.json()).toMatchObject({ data: [{ today: [{ value: 480 }] }] })
    const bodies = world.simulator.requests.filter(({ path }) => path.endsWith('/query')).map(({ body }) => body)
    expect(bodies).toEqual([init.body, init.body])
  })

  test('403: another user’s data is a matter of permission and refreshes nothing', async () => {
    await using world = await startWorld()
    expect((await world.http(`${world.simulator.baseUrl}/users/9999/devices`)).status).toBe(403)
    expect([world.simulator.tokenCalls(), world.simulator.apiCalls()]).toEqual([1, 1])
  })

  test('Rate limit: a 429 of /users is the caller’s, renews nothing and leaves /oauth alone', async () => {
    await using world = await startWorld({ requestsPerHour: { users: 0 } })
    const answer = await world.http(`${world.simulator.baseUrl}/me`)
    expect(answer.status).toBe(429)
    expect(await answer.json()).toMatchObject({ message: 'Too many requests, please try again later.' })
    expect(grantTypes(world)).toEqual(['password'])
    await world.credential.renew(await world.credential.authorization())
    expect(grantTypes(world)).toEqual(['password', 'refresh_token'])
  })

  test('an expired token is replaced before the request is sent, not after a 401', async () => {
    await using world = await startExpiredWorld()
    expect((await world.http(`${world.simulator.baseUrl}/me`)).status).toBe(200)
    expect(world.simulator.requests.map(({ kind }) => kind)).toEqual(['token', 'token', 'api'])
  })
})
