import { withCredential } from '@valetkey/fetch'
import { gatewayTimeout } from '@valetkey/testing/simulators'
import { rejection } from '@valetkey-app/test-support/rejection'
import { overRetries, waitUntil } from '@valetkey-app/test-support/retry-time'
import { describe, expect, test } from 'vitest'

import * as airthings from '../src/index.ts'
import { REDIRECT_URI, signIn, startSignInWorld } from './support/sign-in-world.ts'
import { CLIENT, THREE_HOURS_MS } from './support/world.ts'

const THIRTY_DAYS_MS = 30 * 86_400_000

/** What the token requests sent, oldest first. */
function bodiesOf({ simulator }: Awaited<ReturnType<typeof startSignInWorld>>): Record<string, unknown>[] {
  return simulator.requests.filter(({ kind }) => kind === 'token').map(({ body }) => JSON.parse(body))
}

describe('a user signs in at Airthings', () => {
  test('Code flow: the user is sent to the accounts page with client, redirect URI and scope', async () => {
    const { url } = await airthings.authorizationCode({ ...CLIENT, redirectUri: REDIRECT_URI }).beginSignIn()
    expect(url.origin + url.pathname).toBe('https://accounts.airthings.com/authorize')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: CLIENT.clientId,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'read:device:current_values',
    })
  })

  test('Code flow: the code is exchanged in JSON, with id and secret in the body and the same redirect URI', async () => {
    const world = await startSignInWorld()
    const { codeVerifier } = await signIn(world)
    expect(bodiesOf(world)).toEqual([
      {
        grant_type: 'authorization_code',
        code: expect.any(String),
        redirect_uri: REDIRECT_URI,
        code_verifier: codeVerifier,
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
      },
    ])
    expect((await world.http(world.accountsUrl)).status).toBe(200)
  })

  test('Code flow: before a user has signed in, no token is requested and no request is sent', async () => {
    const world = await startSignInWorld()
    await rejection(world.http(world.accountsUrl), 'not_signed_in')
    expect(world.simulator.requests).toEqual([])
  })

  test('Code flow: a denied consent has its own error, and no user is signed in', async () => {
    const { credential, simulator } = await startSignInWorld()
    const { url, signIn: pending } = await credential.beginSignIn()
    const error = await rejection(credential.completeSignIn(simulator.deny(url), pending), 'sign_in_failed')
    expect(error.reason).toBe('access_denied')
    expect([await credential.status(), simulator.tokenCalls()]).toEqual([{ state: 'signed_out' }, 0])
  })

  test('redirect_uri: one that differs from the authorization request is refused before the code is sent', async () => {
    const { credential, simulator } = await startSignInWorld()
    const { url, signIn: pending } = await credential.beginSignIn()
    const other = { ...pending, redirectUri: REDIRECT_URI.replace('air.', 'other.') }
    const error = await rejection(credential.completeSignIn(simulator.approve(url), other), 'sign_in_failed')
    expect([error.reason, simulator.tokenCalls()]).toEqual(['other_credential', 0])
  })

  test('Code flow: a wrong secret is client_rejected, with any body of the 400', async () => {
    for (const tokenErrors of ['oauth', 'message', 'empty'] as const) {
      const world = await startSignInWorld({ tokenErrors }, { clientSecret: 'wrong' })
      expect(await rejection(signIn(world), 'client_rejected')).toMatchObject({
        oauthError: 'invalid_client',
        status: 400,
      })
    }
  })

  test('Public clients’ bugs: two users in one process share no token', async () => {
    const world = await startSignInWorld({ accounts: ['Ida', 'Ove'] })
    await signIn(world, { account: 'Ida' })
    await signIn(world, { account: 'Ove' })
    const idsOf = async (account: string) =>
      (await withCredential(fetch, world.credential.for(account))(world.accountsUrl)).json()
    expect(await idsOf('Ida')).not.toEqual(await idsOf('Ove'))
    expect(world.simulator.tokenCalls()).toBe(2)
  })
})

describe('a refresh at Airthings', () => {
  test('Refresh: the token is sent with id and secret, and the new one is used the next time', async () => {
    const world = await startSignInWorld({ oldRefreshDies: true })
    await signIn(world)
    for (let refresh = 0; refresh < 3; refresh += 1) {
      await world.clock.advance(THREE_HOURS_MS)
      expect((await world.http(world.accountsUrl)).status).toBe(200)
    }
    const [, ...refreshes] = bodiesOf(world)
    const { clientId: client_id, clientSecret: client_secret } = CLIENT
    const refresh = { grant_type: 'refresh_token', refresh_token: expect.any(String), client_id, client_secret }
    expect(refreshes).toEqual([refresh, refresh, refresh])
    expect(new Set(refreshes.map(({ refresh_token }) => refresh_token)).size).toBe(3)
  })

  test('Refresh: a hundred requests over an expired token use the refresh token once', async () => {
    const world = await startSignInWorld({ oldRefreshDies: true })
    await signIn(world)
    await world.clock.advance(THREE_HOURS_MS)
    const answers = await Promise.all(Array.from({ length: 100 }, () => world.http(world.accountsUrl)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(world.simulator.tokenCalls('refresh_token')).toBe(1)
  })

  test('Refresh token: its own expiry is read from its JWT, so that a dead one is not sent', async () => {
    const world = await startSignInWorld()
    await signIn(world)
    await world.clock.advance(THIRTY_DAYS_MS)
    const reason = 'refresh_token_expired'
    expect(await world.credential.status()).toMatchObject({ state: 'reauthorization_required', reason })
    expect(await rejection(world.http(world.accountsUrl), 'reauthorization_required')).toMatchObject({ reason })
    expect(world.simulator.tokenCalls('refresh_token')).toBe(0)
    await signIn(world)
    expect((await world.http(world.accountsUrl)).status).toBe(200)
  })
})

const BODIES = [{ error: 'invalid_grant' }, { error: 'invalid_request' }, { message: 'Bad Request' }, '', '"no"']

describe('Airthings refuses a refresh', () => {
  test.each([400, 401, 403, 404, 409, 410, 422, 451])(
    'Refresh: a status 4xx means that the user must sign in again: %i, with any body',
    async (status) => {
      const world = await startSignInWorld()
      for (const body of BODIES) {
        await signIn(world)
        await world.clock.advance(THREE_HOURS_MS)
        world.simulator.failNext({ on: 'token', status, body })
        await rejection(world.http(world.accountsUrl), 'reauthorization_required')
        await rejection(world.http(world.accountsUrl), 'reauthorization_required')
      }
      expect([world.simulator.tokenCalls('refresh_token'), world.simulator.apiCalls()]).toEqual([BODIES.length, 0])
    },
  )

  test('Refresh: a refresh token that Airthings has ended means that the user must sign in again', async () => {
    for (const refusedRefreshStatus of [400, 401] as const) {
      const world = await startSignInWorld({ refusedRefreshStatus, tokenErrors: 'empty' })
      await signIn(world)
      world.simulator.revokeGrants()
      await rejection(world.http(world.accountsUrl), 'reauthorization_required')
      expect(world.simulator.tokenCalls('refresh_token')).toBe(1)
    }
  })

  test('Refresh: a client that is recognised as wrong is client_rejected, and the user stays signed in', async () => {
    let clientSecret: string = CLIENT.clientSecret
    const world = await startSignInWorld({}, { clientSecret: () => clientSecret })
    await signIn(world)
    await world.clock.advance(THREE_HOURS_MS)
    clientSecret = 'wrong'
    await rejection(world.http(world.accountsUrl), 'client_rejected')
    clientSecret = CLIENT.clientSecret
    await world.clock.advance(1000)
    expect((await world.http(world.accountsUrl)).status).toBe(200)
  })

  test.each([
    ['429', { status: 429, body: { error_description: 'Rate limit on API exceeded' } }],
    ['503', { status: 503 }],
    ['a gateway’s page with status 403', { ...gatewayTimeout, status: 403 }],
  ])('Refresh: %s leaves the refresh token valid, and it works later', async (_, answer) => {
    const world = await startSignInWorld()
    await signIn(world)
    await world.clock.advance(THREE_HOURS_MS)
    world.simulator.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, ...answer })
    const error = await rejection(overRetries(world, world.http(world.accountsUrl)), 'token_unavailable')
    world.simulator.recover()
    await waitUntil(world, error.retryAt)
    expect((await world.http(world.accountsUrl)).status).toBe(200)
  })
})
