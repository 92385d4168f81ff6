import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import { type AirthingsSimulator, type AirthingsSimulatorOptions, airthingsSimulator } from '../src/simulators/index.ts'

const CLIENT = { clientId: 'sim-client', clientSecret: 'sim-secret' }
const signIn = { grant_type: 'client_credentials', client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }

async function start(options: Partial<AirthingsSimulatorOptions> = {}): Promise<AirthingsSimulator> {
  const airthings = await airthingsSimulator({ ...CLIENT, ...options })
  onTestFinished(() => airthings.close())
  return airthings
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

function postForm(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) })
}

async function tokens(airthings: AirthingsSimulator, body: Record<string, unknown> = signIn) {
  return (await (await post(airthings.tokenUrl, body)).json()) as { access_token: string; refresh_token: string }
}

function read(airthings: AirthingsSimulator, path: string, authorization: string): Promise<Response> {
  return fetch(airthings.baseUrl + path, { headers: { authorization } })
}

describe('Airthings simulator: token endpoint', () => {
  test('accounts host and API host are two servers', async () => {
    const airthings = await start()
    expect(new URL(airthings.tokenUrl).origin).not.toBe(airthings.baseUrl)
    expect((await post(`${airthings.baseUrl}/v1/token`, signIn)).status).toBe(401)
  })

  test('client credentials give an access token for three hours and no refresh token', async () => {
    const answer = await post((await start()).tokenUrl, signIn)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 10_800 })
  })

  test('the access token is an RS256 JWT with the documented claims', async () => {
    const clock = virtualClock({ now: 1_800_000_000_500 })
    const { access_token } = await tokens(await start({ clock, api: 'business' }), {
      ...signIn,
      scope: ['read:device'],
    })
    expect(decodeProtectedHeader(access_token)).toEqual({ alg: 'RS256', typ: 'JWT' })
    expect(decodeJwt(access_token)).toEqual({
      sub: expect.stringMatching(/^[0-9a-f-]{36}$/),
      aud: 'sim-client',
      azp: 'sim-client',
      nbf: 1_800_000_000,
      iat: 1_800_000_000,
      exp: 1_800_010_800,
      jti: expect.any(String),
      iss: 'https://accounts.airthings.com',
      scope: 'read:device',
      typ: 'BEARER',
      hbs: 'true',
    })
  })

  test('JSON and form, client in the body and in a Basic header are taken alike', async () => {
    const { tokenUrl } = await start()
    const basic = { authorization: `Basic ${btoa(`${CLIENT.clientId}:${CLIENT.clientSecret}`)}` }
    const grant = { grant_type: 'client_credentials' }
    const answers = [
      post(tokenUrl, signIn),
      postForm(tokenUrl, signIn),
      post(tokenUrl, grant, basic),
      postForm(tokenUrl, grant, basic),
    ]
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })

  test.each([
    ['absent', {}, 'read:device write:device'],
    ['an array', { scope: ['read:device'] }, 'read:device'],
    ['text', { scope: 'read:device write:device' }, 'read:device write:device'],
  ])('a JSON scope may be %s', async (_, scope, expected) => {
    const { access_token } = await tokens(await start({ api: 'business' }), { ...signIn, ...scope })
    expect(decodeJwt(access_token)).toMatchObject({ scope: expected })
  })

  test('a form takes a space-joined scope and refuses an array', async () => {
    const { tokenUrl } = await start({ api: 'business' })
    expect((await postForm(tokenUrl, { ...signIn, scope: 'read:device write:device' })).status).toBe(200)
    expect((await postForm(tokenUrl, { ...signIn, 'scope[]': 'read:device' })).status).toBe(400)
    expect((await postForm(tokenUrl, { ...signIn, scope: '["read:device"]' })).status).toBe(400)
  })

  test.each([
    ['a wrong client', { ...signIn, client_secret: 'wrong' }, 'invalid_client'],
    ['a scope that the client is not registered for', { ...signIn, scope: ['write:device'] }, 'invalid_scope'],
    ['a scope that is no text', { ...signIn, scope: [1] }, 'invalid_scope'],
    ['another grant', { ...signIn, grant_type: 'password' }, 'unsupported_grant_type'],
  ])('%s is answered 400', async (_, body, error) => {
    const answer = await post((await start()).tokenUrl, body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error })
  })

  test('error bodies may be anything', async () => {
    const wrong = { ...signIn, client_secret: 'wrong' }
    const bodies = (['message', 'empty'] as const).map(async (tokenErrors) => {
      const answer = await post((await start({ tokenErrors })).tokenUrl, wrong)
      return [answer.status, await answer.text()]
    })
    expect(await Promise.all(bodies)).toEqual([
      [400, '{"message":"Bad Request"}'],
      [400, ''],
    ])
  })

  test('a refresh gives a new refresh JWT; the old one dies only with the switch on', async () => {
    for (const oldRefreshDies of [false, true]) {
      const airthings = await start({ oldRefreshDies })
      const planted = await airthings.plantGrant()
      expect(decodeProtectedHeader(planted)).toMatchObject({ alg: 'RS256' })
      const refresh = { ...signIn, grant_type: 'refresh_token', refresh_token: planted }
      const renewed = await tokens(airthings, refresh)
      expect(renewed.refresh_token).not.toBe(planted)
      expect((await read(airthings, '/v1/accounts', `Bearer ${renewed.access_token}`)).status).toBe(200)
      expect((await post(airthings.tokenUrl, refresh)).status).toBe(oldRefreshDies ? 400 : 200)
    }
  })

  test('an expired refresh token is answered 400, or 401 with the switch on', async () => {
    for (const refusedRefreshStatus of [400, 401] as const) {
      const airthings = await start({ refusedRefreshStatus, refreshExpiresIn: 60 })
      const refresh = { ...signIn, grant_type: 'refresh_token', refresh_token: await airthings.plantGrant() }
      airthings.clock.advance(60_000)
      expect((await post(airthings.tokenUrl, refresh)).status).toBe(refusedRefreshStatus)
    }
  })

  test('a code is good once and only with exactly its redirect URI', async () => {
    const redirectUri = 'https://app.example.com/callback'
    const airthings = await start({ redirectUris: [redirectUri] })
    const exchange = (code: string, redirect_uri: string) =>
      post(airthings.tokenUrl, { ...signIn, grant_type: 'authorization_code', code, redirect_uri })
    const code = airthings.issueCode(redirectUri)
    const answer = await exchange(code, redirectUri)
    expect(await answer.json()).toMatchObject({ refresh_token: expect.any(String) })
    expect((await exchange(code, redirectUri)).status).toBe(400)
    expect((await exchange(airthings.issueCode(redirectUri), `${redirectUri}/`)).status).toBe(400)
    expect(() => airthings.issueCode('https://evil.example.com/')).toThrow(RangeError)
  })
})

describe('Airthings simulator: API', () => {
  test('the token is taken with the Bearer scheme and raw', async () => {
    const airthings = await start()
    const { access_token } = await tokens(airthings)
    for (const authorization of [`Bearer ${access_token}`, access_token]) {
      expect((await read(airthings, '/v1/accounts', authorization)).status).toBe(200)
    }
  })

  test('a missing, forged or expired token is answered 401 with a bare JSON string', async () => {
    const airthings = await start({ expiresIn: 60 })
    const { access_token } = await tokens(airthings)
    const forged = `${access_token.slice(0, access_token.lastIndexOf('.'))}.AAAA`
    airthings.clock.advance(60_000)
    for (const token of ['', forged, access_token]) {
      const answer = await read(airthings, '/v1/accounts', `Bearer ${token}`)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('content-type')).toContain('application/json')
      expect(await answer.text()).toBe('"Not Authenticated"')
    }
  })

  test('accounts lead to devices and to their readings', async () => {
    const airthings = await start({ clock: { now: () => Date.UTC(2026, 5, 10, 6) } })
    const { access_token } = await tokens(airthings)
    const get = async (path: string) => (await read(airthings, path, `Bearer ${access_token}`)).json()
    const { accounts } = await get('/v1/accounts')
    const account = `/v1/accounts/${accounts[0].id}`
    const { devices } = await get(`${account}/devices`)
    expect(devices[0]).toMatchObject({
      type: 'VIEW_PLUS',
      sensors: expect.arrayContaining(['co2', 'radonShortTermAvg']),
    })
    expect(await get(`${account}/sensors?sn=${devices[1].serialNumber}`)).toEqual({
      results: [
        {
          serialNumber: devices[1].serialNumber,
          sensors: [
            { sensorType: 'co2', value: 518, unit: 'ppm' },
            { sensorType: 'temp', value: 16.5, unit: 'c' },
            { sensorType: 'humidity', value: 55, unit: 'pct' },
            { sensorType: 'radonShortTermAvg', value: 111, unit: 'bq' },
          ],
          recorded: '2026-06-10T06:00:00',
          batteryPercentage: 87,
        },
      ],
      hasNext: false,
      totalPages: 1,
    })
    const imperial = await get(`${account}/sensors?unit=imperial&sn=${devices[1].serialNumber}`)
    expect(imperial.results[0].sensors.slice(1)).toEqual([
      { sensorType: 'temp', value: 61.7, unit: 'f' },
      { sensorType: 'humidity', value: 55, unit: 'pct' },
      { sensorType: 'radonShortTermAvg', value: 3, unit: 'pci' },
    ])
  })

  test("another user's account and a missing scope are answered 403 with a message", async () => {
    const airthings = await start({ scopes: ['read:device:current_values', 'read:device'] })
    const { access_token } = await tokens(airthings)
    const foreign = await read(airthings, '/v1/accounts/somebody-else/devices', `Bearer ${access_token}`)
    expect([foreign.status, await foreign.json()]).toEqual([403, { message: expect.any(String) }])
    const business = await tokens(airthings, { ...signIn, scope: ['read:device'] })
    expect((await read(airthings, '/v1/accounts', `Bearer ${business.access_token}`)).status).toBe(403)
  })

  test.each([
    ['consumer', 120],
    ['business', 5000],
  ] as const)('the %s quota is %i requests an hour and told with every answer', async (api, limit) => {
    const airthings = await start({ api, clock: virtualClock({ now: 1_800_000_000_000 }) })
    const { access_token } = await tokens(airthings)
    const { headers } = await read(airthings, '/v1/accounts', `Bearer ${access_token}`)
    expect(headers.get('x-ratelimit-limit')).toBe(String(limit))
    expect(headers.get('x-ratelimit-remaining')).toBe(String(limit - 1))
    expect(headers.get('x-ratelimit-reset')).toBe('1800003600')
  })

  test('beyond the quota the answer is 429 and only X-RateLimit-Retry-After says for how long', async () => {
    const airthings = await start({ requestsPerHour: 1, clock: virtualClock() })
    const { access_token } = await tokens(airthings)
    await read(airthings, '/v1/accounts', `Bearer ${access_token}`)
    airthings.clock.advance(600_000)
    const limited = await read(airthings, '/v1/accounts', `Bearer ${access_token}`)
    expect(limited.status).toBe(429)
    expect(await limited.json()).toMatchObject({ error_description: 'Rate limit on API exceeded' })
    expect(limited.headers.get('x-ratelimit-retry-after')).toBe('3000')
    expect(limited.headers.get('retry-after')).toBeNull()
  })
})
