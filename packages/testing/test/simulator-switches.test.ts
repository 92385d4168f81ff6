import { describe, expect, onTestFinished, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import {
  airthingsSimulator,
  bluesondeSimulator,
  flowluSimulator,
  flumeSimulator,
  identityProviderSimulator,
  m2mSimulator,
  type Simulator,
  simulators,
} from '../src/simulators/index.ts'

const CLIENT = { clientId: 'sim-client', clientSecret: 'sim-secret' }
const BASIC = btoa(`${CLIENT.clientId}:${CLIENT.clientSecret}`)
const USER = { username: 'owner@example.com', password: 'sim-password' }

interface Driver {
  readonly simulator: Simulator
  readonly path: string
  token(): Promise<Response>
  accessToken(): Promise<string>
  read(accessToken: string): Promise<Response>
}

async function flumeDriver(): Promise<Driver> {
  const simulator = await flumeSimulator({ ...CLIENT, ...USER, requestsPerHour: { oauth: Infinity, users: Infinity } })
  const body = { grant_type: 'password', client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, ...USER }
  return drive(simulator, '/me', () => json(body))
}

async function airthingsDriver(): Promise<Driver> {
  const simulator = await airthingsSimulator({ ...CLIENT, requestsPerHour: Infinity })
  const body = { grant_type: 'client_credentials', client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }
  return drive(simulator, '/v1/accounts', () => json(body))
}

async function bluesondeDriver(): Promise<Driver> {
  const simulator = await bluesondeSimulator(CLIENT)
  return drive(simulator, '/v1/devices', () =>
    basicForm({ grant_type: 'refresh_token', refresh_token: simulator.plantGrant() }),
  )
}

async function m2mDriver(): Promise<Driver> {
  return drive(await m2mSimulator(CLIENT), '/v1/items', () => basicForm({ grant_type: 'client_credentials' }))
}

async function identityProviderDriver(): Promise<Driver> {
  const simulator = await identityProviderSimulator(CLIENT)
  return drive(simulator, '/boats', () =>
    basicForm({ grant_type: 'refresh_token', refresh_token: simulator.plantGrant() }),
  )
}

async function flowluDriver(): Promise<Driver> {
  const simulator = await flowluSimulator({ ...USER, acceptsBearer: true, authorizationFailedStatus: 401 })
  const body = { grant_type: 'password', client_id: CLIENT.clientId, ...USER }
  return drive(simulator, '/api/v1/module/task/tasks/list', () => ({ body: new URLSearchParams(body) }))
}

function json(body: unknown): RequestInit {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function basicForm(fields: Record<string, string>): RequestInit {
  return { headers: { authorization: `Basic ${BASIC}` }, body: new URLSearchParams(fields) }
}

interface TokenAnswer {
  readonly access_token?: string
  readonly data?: readonly { readonly access_token: string }[]
}

function drive(simulator: Simulator, path: string, tokenRequest: () => RequestInit): Driver {
  onTestFinished(() => simulator.close())
  const token = () => fetch(simulator.tokenUrl, { method: 'POST', ...tokenRequest() })
  return {
    simulator,
    path,
    token,
    async accessToken() {
      const answer: TokenAnswer = await (await token()).json()
      return answer.data?.[0]?.access_token ?? answer.access_token ?? ''
    },
    read: (accessToken) => fetch(simulator.baseUrl + path, { headers: { authorization: `Bearer ${accessToken}` } }),
  }
}

function pagesOf(simulator: Simulator): string[] {
  return 'authorizationUrl' in simulator ? [String(simulator.authorizationUrl)] : []
}

describe.each([
  ['flume', flumeDriver],
  ['airthings', airthingsDriver],
  ['bluesonde', bluesondeDriver],
  ['m2m', m2mDriver],
  ['flowlu', flowluDriver],
  ['identity provider', identityProviderDriver],
])('%s simulator: switches', (_, start) => {
  test('every request is in the log with what was sent and what was answered', async () => {
    const { simulator, accessToken, read, path } = await start()
    const issued = await accessToken()
    await read(issued)
    await fetch(`${simulator.baseUrl}${path}?a=1`)
    const [token, granted, refused] = simulator.requests
    expect(token).toMatchObject({
      kind: 'token',
      method: 'POST',
      path: new URL(simulator.tokenUrl).pathname,
      status: 200,
    })
    const secrets = new RegExp([CLIENT.clientSecret, BASIC, USER.password].join('|'))
    expect(`${token?.headers.authorization} ${token?.body}`).toMatch(secrets)
    expect(token?.grantType).toMatch(/^(password|client_credentials|refresh_token)$/)
    expect(granted).toMatchObject({ kind: 'api', method: 'GET', path, headers: { authorization: `Bearer ${issued}` } })
    expect(refused).toMatchObject({ query: { a: '1' }, status: 401, at: expect.any(Number) })
    expect([simulator.tokenCalls(), simulator.tokenCalls('other'), simulator.apiCalls()]).toEqual([1, 0, 2])
  })

  test('forced answers queue up and leave the other endpoint alone', async () => {
    const { simulator, token, accessToken, read } = await start()
    const issued = await accessToken()
    simulator.failNext({ on: 'token' })
    simulator.failNext({ on: 'token', times: 2, status: 503, body: { a: 1 }, headers: { 'retry-after': '7' } })
    expect((await read(issued)).status).toBe(200)
    const answers = [await token(), await token(), await token(), await token()]
    expect(answers.map(({ status }) => status)).toEqual([500, 503, 503, 200])
    expect(answers[1]?.headers.get('content-type')).toBe('application/json')
    expect(answers[1]?.headers.get('retry-after')).toBe('7')
    expect(await answers[1]?.text()).toBe('{"a":1}')
    simulator.failNext({ on: 'token', bodyOf: ({ body }) => `you sent ${body}` })
    expect(await (await token()).text()).toBe(`you sent ${simulator.requests.at(-1)?.body}`)
  })

  test('held requests arrive and wait until they are released', async () => {
    const { simulator, accessToken, read } = await start()
    const issued = await accessToken()
    const release = simulator.hold('api', 2)
    const held = [read(issued), read(issued)]
    await simulator.waitForRequests('api', 2)
    expect((await read(issued)).status).toBe(200)
    expect(simulator.requests.map(({ status }) => status)).toEqual([200, undefined, undefined, 200])
    simulator.revokeAll()
    release()
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([401, 401])
  })

  test('a delayed request waits, and a recovery answers it at once', async () => {
    const { simulator, token } = await start()
    simulator.delay({ on: 'token', ms: 3_600_000 })
    const delayed = token()
    await simulator.waitForRequests('token', 1)
    simulator.delay({ on: 'token', ms: 0 })
    expect((await token()).status).toBe(200)
    expect(simulator.requests.map(({ status }) => status)).toEqual([undefined, 200])
    simulator.recover()
    expect((await delayed).status).toBe(200)
  })

  test('a dropped reply was processed, and the client got nothing', async () => {
    const { simulator, accessToken, read } = await start()
    simulator.dropReply({ on: 'token' })
    await expect(accessToken()).rejects.toThrow('fetch failed')
    expect(simulator.requests[0]).toMatchObject({ kind: 'token' })
    expect(simulator.requests[0]?.status).toBeUndefined()
    expect((await read(await accessToken())).status).toBe(200)
  })

  test('connections to the token endpoint are refused and taken again at the same address', async () => {
    const { simulator, token } = await start()
    await simulator.refuseConnections(true)
    const error = await token().catch((reason: Error) => reason)
    expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    await simulator.refuseConnections(false)
    expect((await token()).status).toBe(200)
  })

  test('a vendor that is down refuses connections everywhere, and comes back at the same addresses', async () => {
    const { simulator, token, accessToken, read, path } = await start()
    const issued = await accessToken()
    await simulator.refuseConnections(true, 'everywhere')
    const requests = [token(), read(issued), ...pagesOf(simulator).map((url) => fetch(url))]
    for (const outcome of await Promise.allSettled(requests)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { cause: { code: 'ECONNREFUSED' } } })
    }
    await simulator.refuseConnections(false)
    expect((await token()).status).toBe(200)
    expect((await read(issued)).status).toBe(200)
    expect(simulator.requests.at(-1)).toMatchObject({ path })
  })

  test('a simulator that was closed while it was down stays closed', async () => {
    const { simulator, token } = await start()
    await simulator.refuseConnections(true)
    await simulator.close()
    await simulator.refuseConnections(false)
    await expect(token()).rejects.toThrow('fetch failed')
  })

  test('a rate limit holds for its time, on its endpoint only', async () => {
    const { simulator, token, accessToken, read } = await start()
    const issued = await accessToken()
    simulator.rateLimit({ on: 'api', ms: 20_000 })
    expect((await read(issued)).status).toBe(429)
    expect((await token()).status).toBe(200)
    simulator.clock.advance(20_000)
    expect((await read(issued)).status).toBe(200)
    simulator.rateLimit({ on: 'token', ms: 20_000 })
    expect((await token()).status).toBe(429)
    simulator.rateLimit({ on: 'token', ms: 0 })
    expect((await token()).status).toBe(200)
  })

  test('revoked grants are answered 401, and a new sign-in is good', async () => {
    const { simulator, accessToken, read } = await start()
    const old = await accessToken()
    simulator.revokeGrants()
    expect((await read(old)).status).toBe(401)
    expect((await read(await accessToken())).status).toBe(200)
  })

  test('revoked access tokens are answered 401 and new ones are good', async () => {
    const { simulator, accessToken, read } = await start()
    const old = await accessToken()
    simulator.revokeAll()
    expect((await read(old)).status).toBe(401)
    expect((await read(await accessToken())).status).toBe(200)
  })

  test('in an outage even a new token is answered 401, and is good afterwards', async () => {
    const { simulator, accessToken, read } = await start()
    simulator.outage(true)
    const issued = await accessToken()
    expect((await read(issued)).status).toBe(401)
    simulator.outage(false)
    expect((await read(issued)).status).toBe(200)
  })

  test('a recovery lets held requests go and ends every fault', async () => {
    const { simulator, token, accessToken, read } = await start()
    const issued = await accessToken()
    simulator.hold('token')
    simulator.failNext({ on: 'api', times: Number.POSITIVE_INFINITY })
    simulator.dropReply({ on: 'api', times: 5 })
    simulator.delay({ on: 'api', ms: 3_600_000 })
    simulator.rateLimit({ on: 'api', ms: 3_600_000 })
    simulator.outage(true)
    const held = token()
    await simulator.waitForRequests('token', 2)
    simulator.recover()
    expect((await held).status).toBe(200)
    expect((await read(issued)).status).toBe(200)
  })

  test('after the end, by hand or by "await using", the ports are free', async () => {
    const { simulator, token } = await start()
    {
      await using ended = simulator
      expect(ended.requests).toEqual([])
    }
    await expect(token()).rejects.toThrow('fetch failed')
  })

  test('two simulators share nothing', async () => {
    const [one, two] = await Promise.all([start(), start()])
    const issued = await one.accessToken()
    expect((await two.read(issued)).status).toBe(401)
    expect(two.simulator.tokenCalls()).toBe(0)
  })
})

test.each([
  ['Flume', { 'x-ratelimit-limit': '120', 'x-ratelimit-remaining': '0', 'retry-after': '20' }, limitedFlume],
  ['Airthings', { 'x-ratelimit-retry-after': '20', 'retry-after': null }, limitedAirthings],
  ['m2m', { 'retry-after': '20' }, limitedM2m],
])('%s tells of a rate limit as it does when its quota is used up', async (_, headers, start) => {
  await using simulator = await start()
  simulator.rateLimit({ on: 'token', ms: 20_000 })
  const answer = await fetch(simulator.tokenUrl, { method: 'POST' })
  expect(answer.status).toBe(429)
  const told = Object.keys(headers).map((name) => [name, answer.headers.get(name)])
  expect(Object.fromEntries(told)).toEqual(headers)
  simulator.clock.advance(19_999)
  expect((await fetch(simulator.tokenUrl, { method: 'POST' })).status).toBe(429)
  simulator.clock.advance(1)
  expect((await fetch(simulator.tokenUrl, { method: 'POST' })).status).not.toBe(429)
})

function limitedFlume(): Promise<Simulator> {
  return flumeSimulator({ ...CLIENT, ...USER, clock: virtualClock(), rateLimitHeaders: 'x-ratelimit' })
}

function limitedAirthings(): Promise<Simulator> {
  return airthingsSimulator({ ...CLIENT, clock: virtualClock(), requestsPerHour: Infinity })
}

function limitedM2m(): Promise<Simulator> {
  return m2mSimulator({ ...CLIENT, clock: virtualClock() })
}

test('Flume: revoked grants end refresh tokens as well', async () => {
  await using flume = await flumeSimulator({ ...CLIENT, ...USER })
  const client = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }
  const post = (body: unknown) =>
    fetch(flume.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const { data } = await (await post({ grant_type: 'password', ...client, ...USER })).json()
  flume.revokeGrants()
  const refused = await post({ grant_type: 'refresh_token', ...client, refresh_token: data[0].refresh_token })
  expect(await refused.json()).toMatchObject({ http_code: 400, detailed: ['Refresh token is invalid'] })
})

test('Airthings: revoked grants end refresh tokens as well', async () => {
  await using airthings = await airthingsSimulator(CLIENT)
  const refresh_token = await airthings.plantGrant()
  airthings.revokeGrants()
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
    refresh_token,
  })
  expect((await fetch(airthings.tokenUrl, { method: 'POST', body })).status).toBe(400)
})

test.each([
  ['clientSecret', () => airthingsSimulator({ ...CLIENT, clientSecret: '' })],
  ['password', () => flumeSimulator({ ...CLIENT, ...USER, password: '' })],
  ['clientSecret', () => m2mSimulator({ ...CLIENT, clientSecret: '' })],
  ['apiKey', () => bluesondeSimulator({ apiKey: '' })],
  ['apiKey', () => flowluSimulator({ apiKey: '' })],
  ['password', () => flowluSimulator({ username: USER.username })],
])('an account without its %s is refused at the start', async (option, start) => {
  await expect(start()).rejects.toMatchObject({ code: 'invalid_option', option })
})

test('a thousand requests in one turn are all answered', async () => {
  await using airthings = await simulators.airthings({ ...CLIENT, requestsPerHour: Infinity })
  const answers = await Promise.all(Array.from({ length: 1000 }, () => fetch(`${airthings.baseUrl}/v1/accounts`)))
  const bodies = await Promise.all(answers.map((answer) => answer.text()))
  expect(new Set(bodies)).toEqual(new Set(['"Not Authenticated"']))
  expect(airthings.apiCalls()).toBe(1000)
})
