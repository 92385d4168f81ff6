import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import { gatewayTimeout } from '../src/simulators/index.ts'
import { OWNER, post, read, refreshWith, signIn, start, tokens } from './flume-requests.ts'

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

describe('Flume simulator: rate limits', () => {
  test('120 requests an hour, counted separately for /oauth and /users', async () => {
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
