import { inspect } from 'node:util'
import { memoryStore } from '@valetkey/core'
import { findLeaks } from '@valetkey/testing'
import { rejection } from '@valetkey-app/test-support/rejection'
import { describe, expect, test } from 'vitest'

import * as bluesonde from '../src/index.ts'
import {
  CLIENT,
  PUBLIC_CLIENT,
  REDIRECT_URI,
  type SignInWorld,
  signIn,
  startSignInWorld,
  tokenRequests,
} from './support/sign-in-world.ts'

const HOUR_MS = 3_600_000
const THIRTY_DAYS_MS = 30 * 86_400_000

const refreshes = (world: SignInWorld) => tokenRequests(world).filter(({ body }) => body.grant_type === 'refresh_token')

describe('somebody signs in at Bluesonde', () => {
  test('Authorization endpoint: auth.bluesonde.io is asked for a code, with client, redirect URI, scopes and state', async () => {
    const options = { ...PUBLIC_CLIENT, redirectUri: REDIRECT_URI, baseUrl: 'https://api.example.com' }
    const { url, signIn: pending } = await bluesonde.authorizationCode(options).beginSignIn()
    expect(url.origin + url.pathname).toBe('https://auth.bluesonde.io/oauth2/auth')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: PUBLIC_CLIENT.clientId,
      redirect_uri: REDIRECT_URI,
      scope: 'devices:read offline_access',
      state: pending.state,
      code_challenge_method: 'S256',
    })
    expect(pending.state.length).toBeGreaterThan(8)
  })

  test('Token endpoint: the code goes into a form, not into the query, with id and secret form-encoded in Basic', async () => {
    const world = await startSignInWorld()
    const { codeVerifier } = await signIn(world)
    expect(tokenRequests(world)).toEqual([
      {
        basic: 'buoy+charts:canary%2Bsecret%2Fwith%3Dsigns+%25',
        query: {},
        contentType: expect.stringMatching(/^application\/x-www-form-urlencoded/),
        body: {
          grant_type: 'authorization_code',
          code: expect.any(String),
          redirect_uri: REDIRECT_URI,
          code_verifier: codeVerifier,
        },
        status: 200,
      },
    ])
    expect((await world.http(world.devicesUrl)).status).toBe(200)
  })

  test('PKCE option: a client without a secret names itself in the body and sends no secret', async () => {
    const world = await startSignInWorld(PUBLIC_CLIENT)
    await signIn(world)
    const [request] = tokenRequests(world)
    expect([request?.basic, request?.body.client_id]).toEqual([undefined, PUBLIC_CLIENT.clientId])
    expect(request?.body).not.toHaveProperty('client_secret')
    await world.clock.advance(HOUR_MS)
    expect((await world.http(world.devicesUrl)).status).toBe(200)
    expect(refreshes(world)).toMatchObject([{ basic: undefined, body: { client_id: PUBLIC_CLIENT.clientId } }])
  })

  test('Placement: the token is sent as Bearer, although its type is in lower case, and to the host of the base URL only', async () => {
    const world = await startSignInWorld()
    await signIn(world)
    await world.http(world.devicesUrl)
    expect(world.simulator.requests.at(-1)?.headers.authorization).toMatch(/^Bearer ory_at_/)
    const hosts = [world.simulator.baseUrl, 'https://auth.bluesonde.io', 'https://docs.bluesonde.io']
    expect(hosts.map(world.credential.covers)).toEqual([true, false, false])
  })

  test('Consent rule: a user whose role lacks a scope of the application gets the reason', async () => {
    const deckhand = { name: 'deckhand', role: 'Viewer', scopes: [] }
    const { simulator, credential } = await startSignInWorld(CLIENT, { accounts: [deckhand] })
    const { url, signIn: pending } = await credential.beginSignIn()
    const error = await rejection(credential.completeSignIn(simulator.approve(url), pending), 'sign_in_failed')
    expect([error.reason, error.message]).toEqual(['access_denied', expect.stringContaining('devices:read')])
    expect(simulator.tokenCalls()).toBe(0)
  })

  test('Consent rule: a denied consent has its own error, and no user is signed in', async () => {
    const { simulator, credential } = await startSignInWorld()
    const { url, signIn: pending } = await credential.beginSignIn()
    const error = await rejection(credential.completeSignIn(simulator.deny(url), pending), 'sign_in_failed')
    expect(error.reason).toBe('access_denied')
    expect(await credential.status()).toEqual({ state: 'signed_out' })
  })

  test('Redirect URIs: the token request must repeat the one of the authorization request', async () => {
    const { simulator, credential } = await startSignInWorld()
    const { url, signIn: pending } = await credential.beginSignIn()
    const other = { ...pending, redirectUri: `${REDIRECT_URI}?other` }
    const error = await rejection(credential.completeSignIn(simulator.approve(url), other), 'sign_in_failed')
    expect([error.reason, simulator.tokenCalls()]).toEqual(['other_credential', 0])
  })

  test('Scopes: what was granted can be read', async () => {
    const world = await startSignInWorld(CLIENT, {}, { scopes: ['offline_access', 'devices:read'] })
    await signIn(world)
    expect(await world.credential.status()).toMatchObject({
      state: 'ready',
      scopes: ['offline_access', 'devices:read'],
      renewable: true,
    })
  })

  test('Client auth: a wrong secret is client_rejected', async () => {
    const world = await startSignInWorld(CLIENT, {}, { clientSecret: 'wrong' })
    const error = await rejection(signIn(world), 'client_rejected')
    expect(error).toMatchObject({ oauthError: 'invalid_client', status: 401 })
  })

  test('Client auth: an empty secret is a mistake, not a client without one', () => {
    const options = {
      ...PUBLIC_CLIENT,
      clientSecret: '',
      redirectUri: REDIRECT_URI,
      baseUrl: 'https://api.example.com',
    }
    expect(() => bluesonde.authorizationCode(options)).toThrow('[bluesonde] "clientSecret" is required')
  })
})

describe('Bluesonde’s refresh tokens', () => {
  test('Refresh token: without offline_access there is none, which the status says, and a user has to sign in again', async () => {
    const world = await startSignInWorld(CLIENT, {}, { scopes: ['devices:read'] })
    await signIn(world)
    expect(await world.credential.status()).toMatchObject({
      state: 'ready',
      renewable: false,
      scopes: ['devices:read'],
    })
    await world.clock.advance(HOUR_MS)
    const error = await rejection(world.http(world.devicesUrl), 'reauthorization_required')
    expect([error.reason, world.simulator.tokenCalls()]).toEqual(['no_refresh_token', 1])
  })

  test('Rotation: each refresh uses the token of the previous one, for days, and none is used twice', async () => {
    const world = await startSignInWorld()
    await signIn(world)
    for (let hour = 0; hour < 24; hour += 1) {
      await world.clock.advance(HOUR_MS)
      expect((await world.http(world.devicesUrl)).status).toBe(200)
    }
    const used = refreshes(world).map(({ body, status }) => `${body.refresh_token} ${status}`)
    expect([used.length, new Set(used).size]).toEqual([24, 24])
    expect(used.every((each) => each.endsWith(' 200'))).toBe(true)
  })

  test('Rotation: a hundred requests at once over an expired token, in two processes, use the refresh token once', async () => {
    const world = await startSignInWorld()
    const store = memoryStore({ clock: world.clock })
    const processes = [store, { ...store }].map((each) => world.connect({ store: each }))
    const { url, signIn: pending } = await world.credential.beginSignIn()
    await processes[0]?.completeSignIn(world.simulator.approve(url), pending)
    await world.clock.advance(HOUR_MS)
    const uses = processes.flatMap((each) => Array.from({ length: 50 }, () => each.getToken()))
    const tokens = await world.clock.runUntil(Promise.all(uses), 1000)
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1)
    expect(refreshes(world)).toHaveLength(1)
  })

  test('Rotation: a token that was used elsewhere ends the grant until a user signs in again', async () => {
    const world = await startSignInWorld()
    await signIn(world)
    await world.clock.advance(HOUR_MS)
    await world.credential.getToken()
    const [stolen] = refreshes(world)
    await fetch(world.simulator.tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(stolen?.basic ?? '')}` },
      body: new URLSearchParams(stolen?.body),
    })
    await rejection(world.http(world.devicesUrl), 'reauthorization_required')
    await rejection(world.http(world.devicesUrl), 'reauthorization_required')
    expect(refreshes(world)).toHaveLength(3)
    await signIn(world)
    expect((await world.http(world.devicesUrl)).status).toBe(200)
  })

  test('Concurrent refresh: the 400 that says "retry" does not refuse the client; the request is retried, and works', async () => {
    const world = await startSignInWorld()
    await signIn(world)
    await world.clock.advance(HOUR_MS)
    const body = { error: 'invalid_request', error_description: 'Several refreshes with one token. Please retry.' }
    world.simulator.failNext({ on: 'token', status: 400, body })
    const answer = await world.clock.runUntil(world.http(world.devicesUrl), 1000)
    expect(answer.status).toBe(200)
    expect(refreshes(world).map(({ status }) => status)).toEqual([400, 200])
  })

  test('Concurrent refresh: one that goes on and on is token_unavailable, and the grant lives', async () => {
    const world = await startSignInWorld()
    await signIn(world)
    await world.clock.advance(HOUR_MS)
    const body = { error: 'invalid_request', error_description: 'Unable to refresh', error_hint: 'Please retry.' }
    world.simulator.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, status: 400, body })
    const error = await rejection(world.clock.runUntil(world.http(world.devicesUrl), 1000), 'token_unavailable')
    world.simulator.recover()
    await world.clock.advance(Math.max(error.retryAt - world.clock.now(), 1000))
    expect((await world.http(world.devicesUrl)).status).toBe(200)
  })

  test('Concurrent refresh: any other invalid_request is the client’s', async () => {
    const world = await startSignInWorld()
    await signIn(world)
    await world.clock.advance(HOUR_MS)
    const body = { error: 'invalid_request', error_description: 'The POST body can not be empty.' }
    world.simulator.failNext({ on: 'token', status: 400, body })
    const error = await rejection(world.http(world.devicesUrl), 'client_rejected')
    expect(error).toMatchObject({ oauthError: 'invalid_request', status: 400 })
  })

  test('Lifetimes: a refresh token that is not used for thirty days ends, and a user has to sign in again', async () => {
    const world = await startSignInWorld()
    await signIn(world)
    await world.clock.advance(THIRTY_DAYS_MS)
    const error = await rejection(world.http(world.devicesUrl), 'reauthorization_required')
    expect(error.reason).toBe('invalid_grant')
  })
})

test('no secret of a sign-in is in an error, or in what the program holds', async () => {
  const world = await startSignInWorld()
  const { url, signIn: pending } = await world.credential.beginSignIn()
  const callback = world.simulator.approve(url)
  const code = callback.searchParams.get('code') ?? ''
  world.simulator.failNext({
    on: 'token',
    status: 400,
    bodyOf: ({ body, headers }) => ({ error: 'invalid_grant', error_description: `${body} ${headers.authorization}` }),
  })
  const error = await rejection(world.credential.completeSignIn(callback, pending), 'sign_in_failed')
  const secrets = [CLIENT.clientSecret, code, pending.state, pending.codeVerifier ?? '']
  const seen = { error, credential: world.credential, status: await world.credential.status() }
  expect(findLeaks(seen, secrets, (value) => inspect(value, { depth: 9, showHidden: true }))).toEqual([])
})
