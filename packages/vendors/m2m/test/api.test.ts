import { inspect } from 'node:util'

import { findLeaks } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'

import * as m2m from '../src/index.ts'
import { CLIENT, ONE_HOUR_MS, startWorld, traffic } from './support/world.ts'

describe('the API', () => {
  test('Host: the token goes to the host of the base URL and to no other', () => {
    const { covers } = m2m.clientCredentials({ ...CLIENT, baseUrl: 'https://api.example.com:8443/v1' })
    const hosts = ['https://api.example.com:8443', 'https://api.example.com', 'https://example.com']
    expect(hosts.map(covers)).toEqual([true, false, false])
  })

  test('2xx: what the API answers reaches the caller', async () => {
    const world = await startWorld()
    const answer = await world.http(world.itemsUrl)
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ total: 3 })])
  })

  test('401: an expired token is replaced before the request is sent', async () => {
    const world = await startWorld()
    await world.credential.getToken()
    await world.clock.advance(ONE_HOUR_MS)
    expect((await world.http(world.itemsUrl)).status).toBe(200)
    expect(traffic(world)).toEqual(['token 200', 'token 200', 'api 200'])
  })

  test('401: one new token and one replay', async () => {
    const world = await startWorld()
    await world.credential.getToken()
    world.simulator.revokeAll()
    expect((await world.http(world.itemsUrl)).status).toBe(200)
    expect(traffic(world)).toEqual(['token 200', 'api 401', 'token 200', 'api 200'])
  })

  test('401: a second one in a row is the caller’s', async () => {
    const world = await startWorld()
    world.simulator.outage(true)
    expect((await world.http(world.itemsUrl)).status).toBe(401)
    expect(traffic(world)).toEqual(['token 200', 'api 401', 'token 200', 'api 401'])
  })

  test('403: a matter of permissions, which renews nothing and replays nothing', async () => {
    const world = await startWorld({ forbiddenPaths: ['/v1/items'] })
    for (let request = 0; request < 3; request += 1) expect((await world.http(world.itemsUrl)).status).toBe(403)
    expect(traffic(world)).toEqual(['token 200', 'api 403', 'api 403', 'api 403'])
  })

  test('429: nothing is known of limits; what the API answers reaches the caller, and no token is spent on it', async () => {
    const world = await startWorld()
    world.simulator.failNext({ on: 'api', status: 429, headers: { 'retry-after': '60' } })
    const answer = await world.http(world.itemsUrl)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
    expect(world.simulator.tokenCalls()).toBe(1)
  })

  test('a hundred requests over an expired token cost one token call', async () => {
    const world = await startWorld()
    await world.credential.getToken()
    await world.clock.advance(ONE_HOUR_MS)
    const answers = await Promise.all(Array.from({ length: 100 }, () => world.http(world.itemsUrl)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(world.simulator.tokenCalls()).toBe(2)
  })
})

describe('secrets of a client', () => {
  const basic = btoa(`${CLIENT.clientId}:${CLIENT.clientSecret}`)

  test.each([
    ['a 401 that echoes the header', 401],
    ['a 400 that echoes the header', 400],
    ['a 503 that echoes the header', 503],
  ])('are in no error after %s', async (_, status) => {
    const world = await startWorld()
    world.simulator.failNext({
      on: 'token',
      times: Number.POSITIVE_INFINITY,
      status,
      bodyOf: ({ headers }) => ({
        error: 'invalid_client',
        error_description: `${headers.authorization} ${CLIENT.clientSecret}`,
      }),
    })
    const failing = world.clock.runUntil(world.http(world.itemsUrl), 1000)
    const error: unknown = await failing.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ vendor: 'm2m' })
    expect(leaks(error, [CLIENT.clientSecret, basic])).toEqual([])
  })

  test('are in nothing that a program holds', async () => {
    const world = await startWorld()
    const answer = await world.http(world.itemsUrl)
    const token = await world.credential.getToken()
    const authorization = await world.credential.authorization()
    const seen = { credential: world.credential, http: world.http, answer, token, authorization }
    expect(leaks(seen, [CLIENT.clientSecret, basic, token.accessToken])).toEqual([])
  })
})

function leaks(value: unknown, secrets: readonly string[]): string[] {
  return findLeaks(value, secrets, (it) => inspect(it, { depth: 9, showHidden: true }))
}
