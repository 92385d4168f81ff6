import { gatewayTimeout } from '@valetkey/testing/simulators'
import { describe, expect, test } from 'vitest'

import { startWorld, traffic } from './support/world.ts'

const MINUTE_MS = 60_000
const ALWAYS = { on: 'token', times: Number.POSITIVE_INFINITY } as const
const WRONG = { clientSecret: 'canary-wrong-secret' }

describe('401 of the token endpoint', () => {
  test.each(['empty', 'text', 'json'] as const)(
    'is client_rejected with a body of the kind "%s", and no request is sent',
    async (unauthorizedBody) => {
      const world = await startWorld({ unauthorizedBody }, WRONG)
      await expect(world.http(world.itemsUrl)).rejects.toMatchObject({
        code: 'client_rejected',
        vendor: 'm2m',
        oauthError: 'invalid_client',
        status: 401,
        isRetryable: false,
      })
      expect(traffic(world)).toEqual(['token 401'])
    },
  )

  test.each([
    ['an HTML page', { ...gatewayTimeout, body: '<h1>401</h1>' }],
    ['a JSON string', { body: '"Unauthorized"', contentType: 'application/json' }],
    ['a JSON null', { body: 'null', contentType: 'application/json' }],
    ['a JSON array', { body: [] }],
    ['a truncated JSON text', { body: '{"error":', contentType: 'application/json' }],
    ['an error of another kind', { body: { error: 'temporarily_unavailable' } }],
    ['a token', { body: { access_token: 'canary-token', token_type: 'Bearer' } }],
  ])('is client_rejected with %s', async (_, answer) => {
    const world = await startWorld()
    world.simulator.failNext({ on: 'token', ...answer, status: 401 })
    await expect(world.credential.getToken()).rejects.toMatchObject({ code: 'client_rejected', status: 401 })
  })

  test.each([
    [{ error: 'invalid_client', error_description: 'The secret has expired' }, 'The secret has expired'],
    [{ message: 'Account locked' }, 'Account locked'],
    ['Unknown client', 'Unknown client'],
    ['', undefined],
  ])('brings the vendor’s words to the caller: %j', async (body, description) => {
    const world = await startWorld()
    world.simulator.failNext({ on: 'token', status: 401, body })
    await expect(world.credential.getToken()).rejects.toMatchObject({ code: 'client_rejected', description })
  })

  test('never loops: a program that polls for an hour asks a few times', async () => {
    const world = await startWorld({}, WRONG)
    for (let minute = 0; minute < 60; minute += 1) {
      await expect(world.http(world.itemsUrl)).rejects.toMatchObject({ code: 'client_rejected' })
      await world.clock.advance(MINUTE_MS)
    }
    expect(world.simulator.tokenCalls()).toBeLessThanOrEqual(7)
    expect(world.simulator.apiCalls()).toBe(0)
  })

  test('never loops: after a refused token of the API it ends the request', async () => {
    const world = await startWorld()
    await world.credential.getToken()
    world.simulator.revokeAll()
    world.simulator.failNext({ ...ALWAYS, status: 401 })
    await expect(world.http(world.itemsUrl)).rejects.toMatchObject({ code: 'client_rejected' })
    expect(traffic(world)).toEqual(['token 200', 'api 401', 'token 401'])
  })
})

describe('any other answer of the token endpoint without a token', () => {
  test.each([
    ['429', { status: 429 }],
    ['500', { status: 500, body: { error: 'invalid_client' } }],
    ['503', { status: 503 }],
    ['403 without an OAuth error', { status: 403, body: { message: 'Forbidden' } }],
    ['404', { status: 404 }],
    ['an HTML 504 page', gatewayTimeout],
    ['an HTML page with status 200', { ...gatewayTimeout, status: 200 }],
    ['an empty body', { status: 200 }],
    ['a token of another type', { status: 200, body: { token_type: 'mac', access_token: 'canary-token' } }],
  ])('%s is token_unavailable, and the same client works later', async (_, answer) => {
    const world = await startWorld()
    world.simulator.failNext({ ...ALWAYS, ...answer })
    const failing = world.clock.runUntil(world.http(world.itemsUrl), 1000)
    await expect(failing).rejects.toMatchObject({ code: 'token_unavailable', isRetryable: true })
    world.simulator.recover()
    await world.clock.advance(MINUTE_MS)
    expect((await world.http(world.itemsUrl)).status).toBe(200)
  })

  test('a 400 with an OAuth error is client_rejected', async () => {
    const world = await startWorld()
    world.simulator.failNext({ on: 'token', status: 400, body: { error: 'invalid_request' } })
    const rejection = { code: 'client_rejected', oauthError: 'invalid_request', status: 400 }
    await expect(world.credential.getToken()).rejects.toMatchObject(rejection)
  })
})
