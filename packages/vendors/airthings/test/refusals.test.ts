import { gatewayTimeout } from '@valetkey/testing/simulators'
import { rejection } from '@valetkey-app/test-support/rejection'
import { overRetries, waitUntil } from '@valetkey-app/test-support/retry-time'
import { describe, expect, test } from 'vitest'

import { startExpiredWorld, startWorld, tokenBodies } from './support/world.ts'

const TOKEN = { token_type: 'Bearer', access_token: 'canary-bad-token', expires_in: 10_800 }
const JSON_TYPE = 'application/json'
const ALWAYS = { on: 'token', times: Number.POSITIVE_INFINITY } as const

describe('Airthings refuses the client', () => {
  test.each(['oauth', 'message', 'empty'] as const)(
    'Token endpoint errors: a wrong client is a 400 and client_rejected, with a body of kind "%s"',
    async (tokenErrors) => {
      await using world = await startWorld({ tokenErrors }, { clientSecret: 'wrong' })
      const error = await rejection(world.credential.getToken(), 'client_rejected')
      expect(error).toMatchObject({
        vendor: 'airthings',
        oauthError: 'invalid_client',
        status: 400,
        isRetryable: false,
      })
      await rejection(world.http(world.accountsUrl), 'client_rejected')
      expect(world.simulator.requests.map(({ kind }) => kind)).toEqual(['token'])
    },
  )

  test('Token endpoint errors: a corrected secret works within a second', async () => {
    let clientSecret = 'wrong'
    await using world = await startWorld({}, { clientSecret: () => clientSecret })
    await rejection(world.credential.getToken(), 'client_rejected')
    clientSecret = 'canary-client-secret'
    await world.clock.advance(1000)
    expect(await world.credential.getToken()).toMatchObject({ tokenType: 'Bearer' })
  })

  test('Token endpoint errors: a refused client is not minted for again and again by a polling program', async () => {
    await using world = await startWorld({}, { clientSecret: 'wrong' })
    for (let minute = 0; minute < 60; minute += 1) {
      await rejection(world.http(world.accountsUrl), 'client_rejected')
      await world.clock.advance(60_000)
    }
    expect(world.simulator.tokenCalls()).toBeLessThanOrEqual(7)
  })
})

/** Answers that say nothing about the client. */
const BAD_ANSWERS = [
  ['429', { status: 429, body: { error_description: 'Rate limit on API exceeded' } }],
  ['500', { status: 500, body: { message: 'Internal server error' } }],
  ['503', { status: 503 }],
  ['an HTML 504 page', gatewayTimeout],
  ['an HTML page with status 200', { ...gatewayTimeout, status: 200 }],
  ['an HTML page with status 400', { ...gatewayTimeout, status: 400 }],
  ['an empty body', { status: 200, contentType: JSON_TYPE }],
  ['a truncated JSON text', { status: 200, contentType: JSON_TYPE, body: JSON.stringify(TOKEN).slice(0, -10) }],
  ['a JSON string', { status: 200, contentType: JSON_TYPE, body: '"Not Authenticated"' }],
  ['a JSON null', { status: 200, contentType: JSON_TYPE, body: 'null' }],
  ['an answer without a token', { status: 200, body: { ...TOKEN, access_token: undefined } }],
  ['a token that is an object', { status: 200, body: { ...TOKEN, access_token: {} } }],
  ['a token with CR and LF', { status: 200, body: { ...TOKEN, access_token: 'canary\r\nx-evil: 1' } }],
] as const

describe('an answer of Airthings’ token endpoint that says nothing about the client', () => {
  test.each(BAD_ANSWERS)('%s: token_unavailable, and the same client works later', async (_, answer) => {
    await using world = await startExpiredWorld()
    world.simulator.failNext({ ...ALWAYS, ...answer })
    const error = await rejection(overRetries(world, world.credential.getToken()), 'token_unavailable')
    expect(error.retryAt).toBeGreaterThan(world.clock.now())
    expect(error).toMatchObject({ vendor: 'airthings', isRetryable: true })
    world.simulator.recover()
    await waitUntil(world, error.retryAt)
    expect((await world.http(world.accountsUrl)).status).toBe(200)
    expect(new Set(tokenBodies(world).map((body) => JSON.stringify(body))).size).toBe(1)
  })

  test('a lost answer is asked for again, since nothing was spent', async () => {
    await using world = await startWorld()
    world.simulator.dropReply({ on: 'token' })
    await overRetries(world, world.credential.getToken())
    expect(world.simulator.requests.map(({ status }) => status)).toEqual([undefined, 200])
  })

  test('a refused connection of the accounts host: token_unavailable, and the API is not asked without a token', async () => {
    await using world = await startWorld()
    await world.simulator.refuseConnections(true)
    await rejection(overRetries(world, world.http(world.accountsUrl)), 'token_unavailable')
    expect(world.simulator.requests).toEqual([])
    await world.simulator.refuseConnections(false)
  })

  test('meanwhile a token that is still good stays in use', async () => {
    await using world = await startWorld()
    const { accessToken, expiresAt = 0 } = await world.credential.getToken()
    world.simulator.failNext({ ...ALWAYS, ...gatewayTimeout })
    await world.clock.advance(expiresAt - world.clock.now() - 30_000)
    expect((await world.http(world.accountsUrl)).status).toBe(200)
    await world.credential.close()
    expect((await world.credential.getToken()).accessToken).toBe(accessToken)
    expect(world.simulator.tokenCalls()).toBe(2)
  })
})

describe('429 of Airthings’ token endpoint', () => {
  test.each([
    ['X-RateLimit-Retry-After in seconds', () => ({ 'x-ratelimit-retry-after': '90' })],
    ['X-RateLimit-Retry-After as Unix seconds', (at: number) => ({ 'x-ratelimit-retry-after': String(at / 1000) })],
    [
      'X-RateLimit-Retry-After as a timestamp',
      (at: number) => ({ 'x-ratelimit-retry-after': new Date(at).toISOString() }),
    ],
    ['X-RateLimit-Reset in Unix seconds', (at: number) => ({ 'x-ratelimit-reset': String(at / 1000) })],
    ['X-RateLimit-Reset as a timestamp', (at: number) => ({ 'x-ratelimit-reset': new Date(at).toISOString() })],
    ['a standard Retry-After', () => ({ 'retry-after': '90' })],
    [
      'X-RateLimit-Retry-After before X-RateLimit-Reset',
      () => ({ 'x-ratelimit-reset': '5', 'x-ratelimit-retry-after': '90' }),
    ],
  ])('Rate limits: %s says when to try again', async (_, headersAt) => {
    await using world = await startWorld()
    const retryAt = world.clock.now() + 90_000
    const body = { error_description: 'Rate limit on API exceeded' }
    world.simulator.failNext({ on: 'token', status: 429, body, headers: headersAt(retryAt) })
    const error = await rejection(world.credential.getToken(), 'token_unavailable')
    expect([error.status, error.retryAt]).toEqual([429, retryAt])
    await rejection(world.credential.getToken(), 'token_unavailable')
    expect(world.simulator.tokenCalls()).toBe(1)
    await waitUntil(world, retryAt)
    expect(await world.credential.getToken()).toMatchObject({ tokenType: 'Bearer' })
  })
})
