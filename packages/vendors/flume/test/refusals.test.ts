import { inspect } from 'node:util'
import { findLeaks } from '@valetkey/testing'
import { rejection } from '@valetkey-app/test-support/rejection'
import { overRetries } from '@valetkey-app/test-support/retry-time'
import { describe, expect, test } from 'vitest'

import { grantTypes, OWNER, SEVEN_DAYS_MS, startExpiredWorld, startWorld, tokenBodies } from './support/world.ts'

const MINUTE_MS = 60_000

describe('Flume refuses the client or the user', () => {
  test('400 bad client: client_rejected with the vendor’s words', async () => {
    await using world = await startWorld({}, { clientSecret: 'wrong' })
    expect(await rejection(world.credential.getToken(), 'client_rejected')).toMatchObject({
      vendor: 'flume',
      oauthError: 'invalid_client',
      description: 'Client credentials are invalid',
      status: 400,
      isRetryable: false,
    })
  })

  test('400 wrong password: client_rejected, and it is not tried again and again', async () => {
    await using world = await startWorld({}, { password: 'wrong' })
    const error = await rejection(world.credential.getToken(), 'client_rejected')
    expect(error).toMatchObject({ description: 'User credentials are invalid', status: 400 })
    await rejection(world.credential.getToken(), 'client_rejected')
    await rejection(world.http(`${world.simulator.baseUrl}/me`), 'client_rejected')
    expect(world.simulator.requests.map(({ kind }) => kind)).toEqual(['token'])
  })

  test('400 wrong password: a corrected one works within a second', async () => {
    let password = 'wrong'
    await using world = await startWorld({}, { password: () => password })
    await rejection(world.credential.getToken(), 'client_rejected')
    password = OWNER.password
    await world.clock.advance(1000)
    expect(await world.credential.getToken()).toMatchObject({ tokenType: 'Bearer' })
  })

  test('400 validation: the fields that are wrong are named', async () => {
    await using world = await startWorld()
    const body = {
      success: false,
      message: 'invalid_request',
      http_code: 400,
      http_message: 'Bad Request',
      detailed: [
        { field: 'username', message: 'must be an e-mail address' },
        { field: 'client_id', message: 'is too short' },
      ],
      data: [],
      count: 0,
      pagination: null,
    }
    world.simulator.failNext({ on: 'token', status: 400, body })
    expect(await rejection(world.credential.getToken(), 'client_rejected')).toMatchObject({
      oauthError: 'invalid_request',
      description: 'username: must be an e-mail address; client_id: is too short',
    })
  })

  test.each([
    ['null', null],
    ['an empty array', []],
    ['a number', 7],
    ['nested arrays', [[['x']]]],
    ['absent', undefined],
  ])('Public clients’ bugs: an error whose detailed is %s is the same error', async (_, detailed) => {
    await using world = await startWorld()
    const body = { success: false, message: 'invalid_client', http_code: 400, detailed, data: [] }
    world.simulator.failNext({ on: 'token', status: 400, body })
    const error = await rejection(world.credential.getToken(), 'client_rejected')
    expect(error).toMatchObject({ oauthError: 'invalid_client', status: 400 })
  })

  test('403: an unfinished sign-up is client_rejected, and the error has no personal data', async () => {
    await using world = await startWorld({ verified: false })
    const error = await rejection(world.credential.getToken(), 'client_rejected')
    expect(error).toMatchObject({ status: 403, description: 'unverified_user' })
    expect(findLeaks(error, ['Robin', 'Example', '5550100', OWNER.username], inspect)).toEqual([])
  })

  test('Token binding: a client that may not sign this user in is client_rejected', async () => {
    const other = { username: 'other@example.com', password: 'other-password' }
    await using world = await startWorld({ otherUsers: [other] }, other)
    const error = await rejection(world.credential.getToken(), 'client_rejected')
    expect(error.description).toBe('Client may not authenticate this user')
  })
})

describe('Flume refuses a refresh token', () => {
  test('400 bad refresh: one sign-in with the password instead, without an error', async () => {
    await using world = await startExpiredWorld()
    world.simulator.revokeGrants()
    expect((await world.http(`${world.simulator.baseUrl}/me`)).status).toBe(200)
    expect(grantTypes(world)).toEqual(['password', 'refresh_token', 'password'])
  })

  test.each(['invalid_grant', 'invalid_request', 'Bad Request', 'refresh_error'])(
    '400 bad refresh: with any message (%s)',
    async (refusedRefreshMessage) => {
      await using world = await startExpiredWorld({ refusedRefreshMessage })
      world.simulator.revokeGrants()
      await world.credential.getToken()
      expect(grantTypes(world)).toEqual(['password', 'refresh_token', 'password'])
    },
  )

  test('Refresh-token lifetime: a refresh token that died after weeks is replaced by a sign-in that lasts again', async () => {
    await using world = await startExpiredWorld()
    world.simulator.revokeGrants()
    await world.credential.getToken()
    await world.clock.advance(SEVEN_DAYS_MS)
    await world.credential.getToken()
    expect(grantTypes(world)).toEqual(['password', 'refresh_token', 'password', 'refresh_token'])
  })

  test('400 bad refresh: when the password is refused too, the error says so and no loop begins', async () => {
    await using world = await startExpiredWorld()
    world.simulator.revokeGrants()
    const refused = {
      success: false,
      message: 'invalid_grant',
      http_code: 400,
      detailed: ['Refresh token is invalid'],
      data: [],
    }
    world.simulator.failNext({ on: 'token', status: 400, body: refused })
    world.simulator.failNext({
      on: 'token',
      status: 400,
      body: { ...refused, detailed: ['User credentials are invalid'] },
    })
    const error = await rejection(world.credential.getToken(), 'client_rejected')
    expect(error.description).toBe('User credentials are invalid')
    await rejection(world.credential.getToken(), 'client_rejected')
    expect(grantTypes(world)).toEqual(['password', 'refresh_token', 'password'])
  })

  test('400 bad client on a refresh: client_rejected, and the refresh token lives on', async () => {
    await using world = await startExpiredWorld()
    const body = {
      success: false,
      message: 'invalid_client',
      http_code: 400,
      detailed: ['Client credentials are invalid'],
      data: [],
    }
    world.simulator.failNext({ on: 'token', status: 400, body })
    await rejection(world.credential.getToken(), 'client_rejected')
    await world.clock.advance(MINUTE_MS)
    await world.credential.getToken()
    const [, refused, accepted] = tokenBodies(world)
    expect(accepted).toEqual(refused)
  })

  test.each([429, 500, 503])(
    'Quirk 7: a %i on a refresh never leads to a sign-in with the password',
    async (status) => {
      await using world = await startExpiredWorld()
      world.simulator.failNext({ on: 'token', status, times: Number.POSITIVE_INFINITY })
      const error = await rejection(overRetries(world, world.credential.getToken()), 'token_unavailable')
      expect(error.isRetryable).toBe(true)
      expect(new Set(grantTypes(world).slice(1))).toEqual(new Set(['refresh_token']))
    },
  )
})
