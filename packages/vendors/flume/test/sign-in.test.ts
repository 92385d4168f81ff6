import { describe, expect, test } from 'vitest'

import * as flume from '../src/index.ts'
import { grantTypes, OWNER, SEVEN_DAYS_MS, startExpiredWorld, startWorld, tokenBodies } from './support/world.ts'

describe('what is sent to Flume’s token endpoint', () => {
  test('Token endpoint: a sign-in is a POST to /oauth/token of the API host', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    expect(world.simulator.requests).toMatchObject([{ kind: 'token', method: 'POST', path: '/oauth/token', query: {} }])
  })

  test('Refresh endpoint: a refresh goes to the same URL', async () => {
    await using world = await startExpiredWorld()
    await world.credential.getToken()
    expect(world.simulator.requests.map(({ path }) => path)).toEqual(['/oauth/token', '/oauth/token'])
    expect(grantTypes(world)).toEqual(['password', 'refresh_token'])
  })

  test('Request encoding: both requests are JSON and say so', async () => {
    await using world = await startExpiredWorld()
    await world.credential.getToken()
    for (const { headers } of world.simulator.requests) {
      expect(headers['content-type']).toMatch(/^application\/json\b/)
    }
  })

  test('Client auth: id and secret are in the body, and there is no Authorization header', async () => {
    await using world = await startExpiredWorld()
    await world.credential.getToken()
    for (const body of tokenBodies(world)) {
      expect(body).toMatchObject({ client_id: OWNER.clientId, client_secret: OWNER.clientSecret })
    }
    expect(world.simulator.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
  })

  test('password body: exactly the five documented members, no scope', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    expect(tokenBodies(world)).toEqual([
      {
        grant_type: 'password',
        client_id: OWNER.clientId,
        client_secret: OWNER.clientSecret,
        username: OWNER.username,
        password: OWNER.password,
      },
    ])
  })

  test('refresh body: exactly the four documented members, no scope and no password', async () => {
    await using world = await startExpiredWorld()
    await world.credential.getToken()
    expect(tokenBodies(world)[1]).toEqual({
      grant_type: 'refresh_token',
      client_id: OWNER.clientId,
      client_secret: OWNER.clientSecret,
      refresh_token: expect.stringMatching(/^[0-9a-f]{40}$/),
    })
  })

  test('Public clients’ bugs: a password with quotes, backslashes, line breaks and umlauts arrives as it is', async () => {
    const password = '"\\quoted\\" {"a":1}\n\tpässwörd €%&+='
    await using world = await startWorld({ password }, { password })
    await world.credential.getToken()
    expect(tokenBodies(world)[0]?.password).toBe(password)
  })

  test('Public clients’ bugs: token requests carry no token, even when the global fetch is wrapped', async () => {
    await using world = await startExpiredWorld()
    const credential = world.connect({ fetch: world.http, account: 'wrapped' })
    await credential.getToken()
    expect(world.simulator.requests.at(-1)?.headers).not.toHaveProperty('authorization')
  })
})

describe('what comes back from Flume’s token endpoint', () => {
  test('Success body: the token is read from data[0] of the envelope', async () => {
    await using world = await startWorld()
    expect(await world.credential.getToken()).toMatchObject({ tokenType: 'Bearer' })
    expect((await world.credential.claims()).iss).toBe('flume_oauth')
  })

  test('Success body (envelope=false): a bare token object is understood as well', async () => {
    await using world = await startWorld()
    const credential = world.connect({ tokenUrl: `${world.simulator.tokenUrl}?envelope=false` })
    expect((await credential.claims()).iss).toBe('flume_oauth')
    expect(world.simulator.requests[0]?.query).toEqual({ envelope: 'false' })
  })

  test('Documentation clash: status_code and status_message for http_code and http_message change nothing', async () => {
    await using world = await startWorld()
    const token = { token_type: 'bearer', access_token: 'from-the-page', expires_in: 60, refresh_token: 'a1' }
    const body = {
      success: true,
      code: 602,
      message: 'Request OK',
      status_code: 200,
      status_message: 'OK',
      data: [token],
    }
    world.simulator.failNext({ on: 'token', status: 200, body })
    expect((await world.credential.getToken()).accessToken).toBe('from-the-page')
  })

  test('Access-token lifetime: seven days from now, in Unix ms, and one token call for all of them', async () => {
    await using world = await startWorld()
    const signedInAt = world.clock.now()
    expect((await world.credential.getToken()).expiresAt).toBe(signedInAt + SEVEN_DAYS_MS)
    await world.clock.advance(SEVEN_DAYS_MS - 120_000)
    await world.credential.getToken()
    expect(world.simulator.tokenCalls()).toBe(1)
  })

  test('Access-token lifetime: it is refreshed before it ends, also in a process that runs for weeks', async () => {
    await using world = await startWorld()
    for (let week = 0; week < 4; week += 1) {
      expect((await world.http(`${world.simulator.baseUrl}/me`)).status).toBe(200)
      await world.clock.advance(SEVEN_DAYS_MS)
    }
    expect(grantTypes(world)).toEqual(['password', 'refresh_token', 'refresh_token', 'refresh_token'])
    expect(world.simulator.requests.filter(({ status }) => status === 401)).toEqual([])
  })

  test('Refresh-token format and rotation: each refresh sends the opaque token of the answer before', async () => {
    await using world = await startExpiredWorld()
    await world.credential.getToken()
    await world.clock.advance(SEVEN_DAYS_MS)
    await world.credential.getToken()
    const [, first, second] = tokenBodies(world)
    expect(second?.refresh_token).toMatch(/^[0-9a-f]{40}$/)
    expect(second?.refresh_token).not.toBe(first?.refresh_token)
    expect(world.simulator.requests.map(({ status }) => status)).toEqual([200, 200, 200])
  })

  test('Refresh rotation: an answer without a refresh token leaves the old one in use', async () => {
    await using world = await startExpiredWorld({ rotates: false })
    await world.credential.getToken()
    await world.clock.advance(SEVEN_DAYS_MS)
    await world.credential.getToken()
    const [, first, second] = tokenBodies(world)
    expect(second?.refresh_token).toBe(first?.refresh_token)
  })

  test('Refresh rotation: another process goes on with the rotated token, since it was stored before it was used', async () => {
    await using world = await startExpiredWorld()
    const { accessToken } = await world.credential.getToken()
    const otherProcess = world.connect({ store: { ...world.store } })
    expect((await otherProcess.getToken()).accessToken).toBe(accessToken)
    await world.clock.advance(SEVEN_DAYS_MS)
    await otherProcess.getToken()
    expect(grantTypes(world)).toEqual(['password', 'refresh_token', 'refresh_token'])
    expect(world.simulator.requests.map(({ status }) => status)).toEqual([200, 200, 200])
  })

  test('Refresh rotation: an answer that was lost costs one sign-in, not a person', async () => {
    await using world = await startExpiredWorld()
    world.simulator.dropReply({ on: 'token' })
    const renewed = world.credential.getToken()
    await world.simulator.waitForRequests('token', 2)
    await world.clock.advance(await world.clock.waitForSleep(1000))
    await renewed
    expect(grantTypes(world)).toEqual(['password', 'refresh_token', 'refresh_token', 'password'])
  })

  test('Old access token: it is deleted from the store as soon as a new one is there', async () => {
    await using world = await startExpiredWorld()
    const stored = async () => {
      const keys = await Array.fromAsync(world.store.list?.() ?? [])
      const key = keys.find((name) => name.startsWith('["vk1",')) ?? ''
      return (await world.store.get(key)).value
    }
    expect(await stored()).toContain(world.accessToken)
    const { accessToken } = await world.credential.getToken()
    expect(await stored()).toContain(accessToken)
    expect(await stored()).not.toContain(world.accessToken)
    expect(await stored()).not.toContain(tokenBodies(world)[1]?.refresh_token)
  })

  test('JWT header and claims: claims are decoded without the key, the empty sub and the scope array included', async () => {
    await using world = await startWorld()
    const iat = world.clock.now() / 1000
    expect(await world.credential.claims()).toEqual({
      user_id: 1111,
      type: 'USER',
      scope: ['read:personal', 'update:personal', 'query:personal'],
      iat,
      exp: iat + SEVEN_DAYS_MS / 1000,
      iss: 'flume_oauth',
      sub: '',
    })
  })

  test('Public clients’ bugs: claims are decoded from URL-safe Base64', async () => {
    await using world = await startWorld()
    const claims = { user_id: 7, name: '???>>>ÿÿÿ' }
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
    expect(payload).toMatch(/[-_]/)
    const access_token = `eyJhbGciOiJIUzI1NiJ9.${payload}.c2ln`
    world.simulator.failNext({ on: 'token', status: 200, body: { data: [{ token_type: 'bearer', access_token }] } })
    expect(await world.credential.claims()).toEqual(claims)
  })

  test('user_id use: flume.userId is the number that leads to the devices', async () => {
    await using world = await startWorld({ userId: 4242 })
    const userId = await flume.userId(world.credential)
    expect(userId).toBe(4242)
    const devices = await world.http(`${world.simulator.baseUrl}/users/${userId}/devices`)
    expect(await devices.json()).toMatchObject({ data: [{ user_id: 4242 }, {}] })
    const me = await world.http(`${world.simulator.baseUrl}/me`)
    expect(await me.json()).toMatchObject({ data: [{ id: 4242 }] })
  })

  test('Revoke: Flume has no such endpoint, so signing out makes no call and forgets the tokens', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    expect(await world.credential.signOut()).toEqual({ revoked: false })
    expect(world.simulator.tokenCalls()).toBe(1)
    await world.credential.getToken()
    expect(grantTypes(world)).toEqual(['password', 'password'])
  })

  test('Public clients’ bugs: a restart with a store that lasts costs no sign-in', async () => {
    await using world = await startWorld()
    await world.credential.getToken()
    await world.credential.close()
    const restarted = world.connect({ store: { ...world.store } })
    await restarted.getToken()
    expect(world.simulator.tokenCalls()).toBe(1)
  })
})
