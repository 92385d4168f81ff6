import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import {
  type FlumeSimulator,
  type FlumeSimulatorOptions,
  flumeSimulator,
  gatewayTimeout,
} from '../src/simulators/index.ts'

const OWNER = {
  clientId: 'sim-client',
  clientSecret: 'sim-secret',
  username: 'owner@example.com',
  password: 'sim-password',
}

async function start(options: Partial<FlumeSimulatorOptions> = {}): Promise<FlumeSimulator> {
  const flume = await flumeSimulator({ ...OWNER, ...options })
  onTestFinished(() => flume.close())
  return flume
}

const signIn = {
  grant_type: 'password',
  client_id: OWNER.clientId,
  client_secret: OWNER.clientSecret,
  username: OWNER.username,
  password: OWNER.password,
}

function refreshWith(refreshToken: string) {
  const { client_id, client_secret } = signIn
  return { grant_type: 'refresh_token', client_id, client_secret, refresh_token: refreshToken }
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

async function tokens(flume: FlumeSimulator, body: unknown = signIn) {
  const { data } = await (await post(flume.tokenUrl, body)).json()
  return data[0] as { access_token: string; refresh_token: string; expires_in: number; token_type: string }
}

function read(flume: { baseUrl: string }, path: string, accessToken: string): Promise<Response> {
  return fetch(flume.baseUrl + path, { headers: { authorization: `Bearer ${accessToken}` } })
}

describe('Flume simulator: token endpoint', () => {
  test('a password sign-in is answered with the documented envelope', async () => {
    const flume = await start()
    const answer = await post(flume.tokenUrl, signIn)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      success: true,
      code: 602,
      message: 'Request OK',
      http_code: 200,
      http_message: 'OK',
      detailed: null,
      data: [
        {
          token_type: 'bearer',
          access_token: expect.any(String),
          expires_in: 604_800,
          refresh_token: expect.stringMatching(/^[0-9a-f]{40}$/),
        },
      ],
      count: 1,
      pagination: null,
    })
  })

  test('envelope=false gives a bare token object, envelope=true the envelope', async () => {
    const flume = await start()
    const bare = await (await post(`${flume.tokenUrl}?envelope=false`, signIn)).json()
    expect(bare).toMatchObject({ token_type: 'bearer', access_token: expect.any(String) })
    expect(await (await post(`${flume.tokenUrl}?envelope=true`, signIn)).json()).toMatchObject({ code: 602 })
  })

  test('the access token is an HS256 JWT with the documented claims', async () => {
    const clock = virtualClock({ now: 1_800_000_000_500 })
    const { access_token } = await tokens(await start({ clock }))
    expect(decodeProtectedHeader(access_token)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(decodeJwt(access_token)).toEqual({
      user_id: 1111,
      type: 'USER',
      scope: ['read:personal', 'update:personal', 'query:personal'],
      iat: 1_800_000_000,
      exp: 1_800_604_800,
      iss: 'flume_oauth',
      sub: '',
    })
  })

  test.each([
    ['a wrong client', { ...signIn, client_secret: 'wrong' }, 'invalid_client', ['Client credentials are invalid']],
    ['a dead refresh token', refreshWith('0'.repeat(40)), 'invalid_grant', ['Refresh token is invalid']],
    [
      'a missing field',
      { ...signIn, username: undefined },
      'invalid_request',
      [{ field: 'username', message: '"username" is required' }],
    ],
    ['a wrong password', { ...signIn, password: 'wrong' }, 'invalid_grant', ['User credentials are invalid']],
  ])('%s is answered 400 in the envelope without "code"', async (_, body, message, detailed) => {
    const answer = await post((await start()).tokenUrl, body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({
      success: false,
      message,
      http_code: 400,
      http_message: 'Bad Request',
      detailed,
      data: [],
      count: 0,
      pagination: null,
    })
  })

  test('a user who never finished the sign-up is answered 403 with personal data', async () => {
    const answer = await post((await start({ verified: false })).tokenUrl, signIn)
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({
      success: false,
      message: 'unverified_user',
      detailed: null,
      data: [
        {
          verified: false,
          email_address: OWNER.username,
          phone: expect.any(String),
          first_name: expect.any(String),
          last_name: expect.any(String),
        },
      ],
    })
  })

  test('a client signs in its owner only', async () => {
    const other = { username: 'other@example.com', password: 'other-password' }
    const answer = await post((await start({ otherUsers: [other] })).tokenUrl, { ...signIn, ...other })
    expect(answer.status).toBe(400)
  })

  test('a form is refused unless the switch is on', async () => {
    const form = { method: 'POST', body: new URLSearchParams(signIn) }
    expect((await fetch((await start()).tokenUrl, form)).status).toBe(400)
    expect((await fetch((await start({ acceptsForm: true })).tokenUrl, form)).status).toBe(200)
  })

  test('a refresh rotates: the used refresh token is dead, the old access token lives on', async () => {
    const flume = await start()
    const first = await tokens(flume)
    const second = await tokens(flume, refreshWith(first.refresh_token))
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect((await post(flume.tokenUrl, refreshWith(first.refresh_token))).status).toBe(400)
    expect((await read(flume, '/me', first.access_token)).status).toBe(200)
    expect((await read(flume, '/me', second.access_token)).status).toBe(200)
  })

  test('without rotation a refresh gives no refresh token and the old one stays good', async () => {
    const flume = await start({ rotates: false })
    const { refresh_token } = await tokens(flume)
    expect(await tokens(flume, refreshWith(refresh_token))).not.toHaveProperty('refresh_token')
    expect((await post(flume.tokenUrl, refreshWith(refresh_token))).status).toBe(200)
  })
})

describe('Flume simulator: API', () => {
  test('an access token is good until its lifetime is over by the simulator clock', async () => {
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

describe('Flume simulator: rate limits', () => {
  test('120 requests an hour, counted apart for /oauth and /users', async () => {
    const flume = await start()
    const { access_token } = await tokens(flume)
    for (let spent = 0; spent < 120; spent++) expect((await read(flume, '/me', access_token)).status).toBe(200)
    const limited = await read(flume, '/me/devices', access_token)
    expect(limited.status).toBe(429)
    expect(await limited.json()).toMatchObject({
      message: 'Too many requests, please try again later.',
      http_code: 429,
    })
    expect((await post(flume.tokenUrl, signIn)).status).toBe(200)
    flume.clock.advance(3_600_000)
    expect((await read(flume, '/me', access_token)).status).toBe(200)
  })

  test('the token endpoint is limited too', async () => {
    const flume = await start({ requestsPerHour: { oauth: 1 } })
    await tokens(flume)
    const limited = await post(flume.tokenUrl, signIn)
    expect(limited.status).toBe(429)
    expect([...limited.headers.keys()].filter((name) => /rate|retry/.test(name))).toEqual([])
  })

  test.each([
    ['x-ratelimit', 'x-ratelimit-limit', 'x-ratelimit-reset', '1767229200'],
    ['ratelimit', 'ratelimit-limit', 'ratelimit-reset', '3600'],
  ] as const)('the header family %s can be switched on', async (rateLimitHeaders, limitName, resetName, reset) => {
    const flume = await start({ rateLimitHeaders, requestsPerHour: { oauth: 0 }, clock: virtualClock() })
    const { headers } = await post(flume.tokenUrl, signIn)
    expect(headers.get(limitName)).toBe('0')
    expect(headers.get(resetName)).toBe(reset)
    expect(headers.get('retry-after')).toBe('3600')
  })
})

describe('Flume simulator: gateway', () => {
  test('an HTML 504 page stands for every answer until the recovery', async () => {
    const flume = await start()
    flume.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, ...gatewayTimeout })
    for (let again = 0; again < 2; again++) {
      const answer = await post(flume.tokenUrl, signIn)
      expect(answer.status).toBe(504)
      expect(answer.headers.get('content-type')).toBe('text/html')
      expect(await answer.text()).toContain('504 Gateway Time-out')
    }
    flume.recover()
    expect((await post(flume.tokenUrl, signIn)).status).toBe(200)
  })
})
