import { gatewayTimeout } from '@valetkey/testing/simulators'
import { rejection } from '@valetkey-app/test-support/rejection'
import { overRetries, waitUntil } from '@valetkey-app/test-support/retry-time'
import { describe, expect, test } from 'vitest'

import { startExpiredWorld, startWorld, tokenBodies } from './support/world.ts'

const TOKEN = {
  token_type: 'bearer',
  access_token: 'canary-bad-token',
  expires_in: 604_800,
  refresh_token: 'canary-bad-refresh',
}
const ENVELOPE = { success: true, code: 602, message: 'Request OK', http_code: 200, data: [TOKEN] }
const JSON_TYPE = 'application/json'

/** Answers that say nothing about the client, the user or the refresh token. */
const BAD_ANSWERS = [
  [
    '429: too many requests',
    { status: 429, body: { success: false, message: 'Too many requests, please try again later.' } },
  ],
  ['429 without a body', { status: 429 }],
  ['500', { status: 500, body: 'Internal Server Error' }],
  [
    '503',
    { status: 503, body: { success: false, message: 'invalid_client', http_code: 503, detailed: null, data: [] } },
  ],
  ['an HTML 504 page', gatewayTimeout],
  ['an HTML page with status 200', { ...gatewayTimeout, status: 200 }],
  ['an HTML page with status 400', { ...gatewayTimeout, status: 400 }],
  ['an empty body', { status: 200, contentType: JSON_TYPE }],
  ['an empty body with status 400', { status: 400, contentType: JSON_TYPE }],
  [
    'an envelope with an error and status 200',
    { status: 200, body: { success: false, message: 'oops', http_code: 500, data: [] } },
  ],
  ['an envelope without data', { status: 200, body: { ...ENVELOPE, data: null } }],
  ['an envelope with an empty data array', { status: 200, body: { ...ENVELOPE, data: [] } }],
  ['a truncated JSON text', { status: 200, contentType: JSON_TYPE, body: JSON.stringify(ENVELOPE).slice(0, -20) }],
  ['a JSON null', { status: 200, body: null }],
  ['a JSON array', { status: 200, body: [TOKEN] }],
  ['a token that is a number', { status: 200, body: { ...ENVELOPE, data: [{ ...TOKEN, access_token: 4711 }] } }],
  [
    'a token with CR and LF',
    { status: 200, body: { ...ENVELOPE, data: [{ ...TOKEN, access_token: 'canary\r\nx-evil: 1' }] } },
  ],
  ['a refresh token with LF', { status: 200, body: { ...ENVELOPE, data: [{ ...TOKEN, refresh_token: 'canary\nx' }] } }],
  ['a token type that is not bearer', { status: 200, body: { ...ENVELOPE, data: [{ ...TOKEN, token_type: 'mac' }] } }],
] as const

/** Their access token is of no use, and their refresh token is new: the one that was sent is spent. */
const ROTATING: ReadonlySet<string> = new Set<(typeof BAD_ANSWERS)[number][0]>([
  'a JSON array',
  'a token that is a number',
  'a token with CR and LF',
  'a token type that is not bearer',
])

describe('an answer of Flume’s token endpoint that says nothing about the credentials', () => {
  test.each(BAD_ANSWERS)('%s at the sign-in: token_unavailable, and the sign-in works later', async (_, answer) => {
    await using world = await startWorld()
    world.simulator.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, ...answer })
    const error = await rejection(overRetries(world, world.credential.getToken()), 'token_unavailable')
    expect(error.retryAt).toBeGreaterThan(world.clock.now())
    expect(error).toMatchObject({ vendor: 'flume', isRetryable: true })
    world.simulator.recover()
    await waitUntil(world, error.retryAt)
    expect(await world.credential.getToken()).toMatchObject({ tokenType: 'Bearer' })
  })

  test.each(BAD_ANSWERS.filter(([name]) => ROTATING.has(name)))(
    '%s at a refresh: token_unavailable, and its refresh token is the next one',
    async (_, answer) => {
      await using world = await startExpiredWorld()
      world.simulator.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, ...answer })
      const error = await rejection(overRetries(world, world.credential.getToken()), 'token_unavailable')
      expect(error).toMatchObject({ status: 200, description: expect.any(String) })
      const [, first, ...later] = tokenBodies(world).map(({ refresh_token }) => refresh_token)
      expect(first).not.toBe(TOKEN.refresh_token)
      expect(later).toEqual(Array(3).fill(TOKEN.refresh_token))
    },
  )

  test.each(BAD_ANSWERS.filter(([name]) => !ROTATING.has(name)))(
    '%s at a refresh: token_unavailable, and the same refresh token works later',
    async (_, answer) => {
      await using world = await startExpiredWorld()
      world.simulator.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, ...answer })
      const error = await rejection(overRetries(world, world.credential.getToken()), 'token_unavailable')
      expect(error.retryAt).toBeGreaterThan(world.clock.now())
      world.simulator.recover()
      await waitUntil(world, error.retryAt)
      await world.credential.getToken()
      const [, ...refreshes] = tokenBodies(world)
      expect(new Set(refreshes.map(({ refresh_token }) => refresh_token)).size).toBe(1)
      expect(refreshes.map(({ grant_type }) => grant_type)).not.toContain('password')
      expect(world.simulator.requests.at(-1)?.status).toBe(200)
    },
  )

  test('Public clients’ bugs: a malformed answer does not become a storm of requests', async () => {
    await using world = await startWorld()
    world.simulator.failNext({
      on: 'token',
      times: Number.POSITIVE_INFINITY,
      status: 200,
      body: { ...ENVELOPE, data: [{}] },
    })
    const first = rejection(overRetries(world, world.credential.getToken()), 'token_unavailable')
    await first
    for (let again = 0; again < 100; again += 1) await rejection(world.credential.getToken(), 'token_unavailable')
    expect(world.simulator.tokenCalls()).toBe(4)
  })

  test('a refused connection: token_unavailable, and the same refresh token works later', async () => {
    await using world = await startExpiredWorld()
    await world.simulator.refuseConnections(true)
    const error = await rejection(overRetries(world, world.credential.getToken()), 'token_unavailable')
    await world.simulator.refuseConnections(false)
    await waitUntil(world, error.retryAt)
    await world.credential.getToken()
    expect(tokenBodies(world).map(({ grant_type }) => grant_type)).toEqual(['password', 'refresh_token'])
  })

  test('meanwhile a token that is still good stays in use', async () => {
    await using world = await startWorld()
    const { accessToken, expiresAt = 0 } = await world.credential.getToken()
    world.simulator.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, ...gatewayTimeout })
    await world.clock.advance(expiresAt - world.clock.now() - 30_000)
    expect((await world.credential.getToken()).accessToken).toBe(accessToken)
    await world.simulator.waitForRequests('token', 2)
    await world.credential.close()
    expect((await world.credential.getToken()).accessToken).toBe(accessToken)
  })
})

describe('429 of Flume’s token endpoint', () => {
  test.each([
    ['X-RateLimit and Retry-After', { rateLimitHeaders: 'x-ratelimit' }],
    ['RateLimit and Retry-After', { rateLimitHeaders: 'ratelimit' }],
  ] as const)('Rate-limit headers: %s say when to try again', async (_, options) => {
    await using world = await startWorld({ requestsPerHour: { oauth: 0 }, ...options })
    const limitedAt = world.clock.now()
    const error = await rejection(world.credential.getToken(), 'token_unavailable')
    expect([error.status, error.retryAt - limitedAt]).toEqual([429, 300_000])
    await rejection(world.credential.getToken(), 'token_unavailable')
    expect(world.simulator.tokenCalls()).toBe(1)
  })

  test.each([
    ['X-RateLimit-Reset in Unix seconds', (nowMs: number) => ({ 'x-ratelimit-reset': String(nowMs / 1000 + 90) })],
    ['RateLimit-Reset in seconds', () => ({ 'ratelimit-reset': '90' })],
    ['Retry-After in seconds', () => ({ 'retry-after': '90' })],
    ['Retry-After as a date', (nowMs: number) => ({ 'retry-after': new Date(nowMs + 90_000).toUTCString() })],
  ])('Rate-limit headers: %s alone is enough', async (_, headersAt) => {
    await using world = await startWorld()
    const now = world.clock.now()
    world.simulator.failNext({ on: 'token', status: 429, headers: headersAt(now) })
    const error = await rejection(world.credential.getToken(), 'token_unavailable')
    expect(error.retryAt).toBe(now + 90_000)
  })

  test('Rate limit: the 121st request to /oauth is answered 429, which is never "invalid credentials"', async () => {
    await using world = await startWorld()
    for (let spent = 0; spent < 120; spent += 1) await world.connect({ account: `account ${spent}` }).getToken()
    const error = await rejection(overRetries(world, world.credential.getToken()), 'token_unavailable')
    expect([error.status, error.isRetryable]).toEqual([429, true])
    await world.clock.advance(3_600_000)
    expect(await world.credential.getToken()).toMatchObject({ tokenType: 'Bearer' })
  })
})
