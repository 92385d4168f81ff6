import { describe, expect, test } from 'vitest'

import * as airthings from '../src/index.ts'
import { CLIENT, startExpiredWorld, startWorld, THREE_HOURS_MS, tokenBodies } from './support/world.ts'

describe('what is sent to Airthings’ token endpoint', () => {
  test('Token endpoint: a POST to /v1/token of the accounts host, which is not the API’s', async () => {
    await using world = await startWorld()
    await world.http(world.accountsUrl)
    expect(world.simulator.requests).toMatchObject([
      { kind: 'token', method: 'POST', path: '/v1/token', query: {} },
      { kind: 'api', method: 'GET', path: '/v1/accounts' },
    ])
  })

  test('Encoding: JSON, with its content type', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    expect(world.simulator.requests[0]?.headers['content-type']).toMatch(/^application\/json\b/)
  })

  test('Client auth: id and secret are in the body, and there is no Authorization header', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    expect(tokenBodies(world)).toMatchObject([{ client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }])
    expect(world.simulator.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  test('scope in token request: a JSON array, and nothing else is sent', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    expect(tokenBodies(world)).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        scope: ['read:device:current_values'],
      },
    ])
  })

  test('Scopes: the business API is asked for read:device by default, the consumer API for current values', async () => {
    await using business = await startWorld({ api: 'business' }, { api: 'business' })
    expect((await business.http(business.accountsUrl)).status).toBe(200)
    expect(tokenBodies(business)).toMatchObject([{ scope: ['read:device'] }])
    await using consumer = await startWorld({ api: 'consumer' }, { api: 'consumer' })
    expect((await consumer.http(consumer.accountsUrl)).status).toBe(200)
    expect(tokenBodies(consumer)).toMatchObject([{ scope: ['read:device:current_values'] }])
  })

  test('Scopes: several may be asked for', async () => {
    await using world = await startWorld(
      { api: 'business' },
      { api: 'business', scopes: ['read:device', 'write:device'] },
    )
    expect((await world.credential.claims()).scope).toBe('read:device write:device')
  })

  test('Scopes: one that the client is not registered for is client_rejected', async () => {
    await using world = await startWorld({}, { scopes: ['write:device'] })
    await expect(world.credential.getToken()).rejects.toMatchObject({
      code: 'client_rejected',
      oauthError: 'invalid_scope',
      status: 400,
    })
  })
})

describe('what comes back from Airthings’ token endpoint', () => {
  test('Response and lifetime: three hours, in Unix ms, and one token call for all of them', async () => {
    await using world = await startWorld()
    const issuedAt = world.clock.now()
    expect(await world.credential.getToken()).toMatchObject({
      tokenType: 'Bearer',
      expiresAt: issuedAt + THREE_HOURS_MS,
    })
    await world.clock.advance(THREE_HOURS_MS - 120_000)
    await world.http(world.accountsUrl)
    expect(world.simulator.tokenCalls()).toBe(1)
  })

  test('Lifetime: expires_in is read, with any value', async () => {
    await using world = await startWorld({ expiresIn: 3600 })
    const issuedAt = world.clock.now()
    expect((await world.credential.getToken()).expiresAt).toBe(issuedAt + 3_600_000)
  })

  test('client_credentials: there is no refresh token, so the endpoint is asked again, for days', async () => {
    await using world = await startWorld()
    for (let use = 0; use < 24; use += 1) {
      expect((await world.http(world.accountsUrl)).status).toBe(200)
      await world.clock.advance(THREE_HOURS_MS)
    }
    expect([world.simulator.tokenCalls('client_credentials'), world.simulator.tokenCalls()]).toEqual([24, 24])
    expect(world.simulator.requests.filter(({ status }) => status === 401)).toEqual([])
  })

  test('client_credentials: a refresh token, should there be one, is never used', async () => {
    await using world = await startWorld()
    const body = { access_token: 'a', token_type: 'Bearer', expires_in: 10_800, refresh_token: 'not-for-this-grant' }
    world.simulator.failNext({ on: 'token', status: 200, body })
    await world.credential.getToken()
    await world.clock.advance(THREE_HOURS_MS)
    await world.credential.getToken()
    expect(tokenBodies(world).map(({ grant_type }) => grant_type)).toEqual(['client_credentials', 'client_credentials'])
  })

  test('Access token: the claims of the RS256 JWT can be read', async () => {
    await using world = await startWorld()
    const iat = world.clock.now() / 1000
    expect(await world.credential.claims()).toMatchObject({
      aud: CLIENT.clientId,
      azp: CLIENT.clientId,
      iss: 'https://accounts.airthings.com',
      iat,
      nbf: iat,
      exp: iat + THREE_HOURS_MS / 1000,
      scope: 'read:device:current_values',
      typ: 'BEARER',
      hbs: 'true',
    })
  })

  test('Revoke: Airthings has no such endpoint, so signing out makes no call and forgets the token', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    expect(await world.credential.signOut()).toEqual({ revoked: false })
    expect(world.simulator.tokenCalls()).toBe(1)
  })

  test('Public clients’ bugs: two clients in one process share no token', async () => {
    const second = { clientId: 'second-client', clientSecret: 'second-secret' }
    await using mine = await startWorld()
    await using theirs = await startWorld(second, { ...second, store: mine.store })
    const [one, two] = await Promise.all([mine.credential.claims(), theirs.credential.claims()])
    expect([one.aud, two.aud]).toEqual([CLIENT.clientId, second.clientId])
  })

  test('Consumer restriction: programs that share the one client and a store share the token too', async () => {
    await using world = await startWorld()
    const otherProcess = world.connect({ store: { ...world.store } })
    await world.credential.getToken()
    await otherProcess.getToken()
    expect(world.simulator.tokenCalls()).toBe(1)
  })

  test('Public clients’ bugs: after three hours the program goes on', async () => {
    await using world = await startExpiredWorld()
    const answer = await world.http(world.accountsUrl)
    expect(await answer.json()).toEqual({ accounts: [{ id: expect.any(String) }] })
  })

  test('Grants: Airthings’ own clients for people are not offered', () => {
    expect(airthings).not.toHaveProperty('password')
  })
})
