import { withCredential } from '@valetkey/fetch'
import { describe, expect, test, vi } from 'vitest'

import * as m2m from '../src/index.ts'
import { CLIENT, lastBasic, ONE_HOUR_MS, startWorld, traffic } from './support/world.ts'

describe('what is sent to the token endpoint', () => {
  test('Token endpoint: a POST to /oauth/v2/token of the API’s host', async () => {
    const world = await startWorld()
    await world.http(world.itemsUrl)
    expect(world.simulator.requests).toMatchObject([
      { kind: 'token', method: 'POST', path: '/oauth/v2/token', query: {} },
      { kind: 'api', method: 'GET', path: '/v1/items' },
    ])
  })

  test('Token endpoint: another path, with any path in the base URL', async () => {
    const world = await startWorld({ tokenPath: '/auth/token' }, { tokenPath: '/auth/token' })
    const { baseUrl } = world.simulator
    const deep = m2m.clientCredentials({
      ...CLIENT,
      baseUrl: `${baseUrl}/v1?a=1`,
      tokenPath: '/auth/token',
      allowInsecureRequests: true,
    })
    await Promise.all([world.credential.getToken(), deep.getToken()])
    expect(world.simulator.requests.map(({ path }) => path)).toEqual(['/auth/token', '/auth/token'])
  })

  test('Token endpoint: another host for tokens, to which no token goes', async () => {
    const tokens = await startWorld()
    const world = await startWorld({}, { tokenUrl: tokens.simulator.tokenUrl })
    expect((await world.http(world.itemsUrl)).status).toBe(401)
    expect([tokens.simulator.tokenCalls(), tokens.simulator.apiCalls(), world.simulator.tokenCalls()]).toEqual([
      2, 0, 0,
    ])
    expect(world.credential.covers(tokens.simulator.baseUrl)).toBe(false)
  })

  test('Encoding: a form with only the grant type: no credentials, no scope, no audience', async () => {
    const world = await startWorld()
    await world.credential.getToken()
    expect(world.simulator.requests).toMatchObject([{ body: 'grant_type=client_credentials' }])
    expect(world.simulator.requests[0]?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded\b/)
  })

  test('Client auth: Basic with id and secret in Base64', async () => {
    const world = await startWorld()
    await world.credential.getToken()
    expect(lastBasic(world)).toBe(`${CLIENT.clientId}:${CLIENT.clientSecret}`)
  })

  test('Client auth: id and secret are taken as they are', async () => {
    const client = { clientId: 'harbour office/1', clientSecret: '100% + :more=' }
    const world = await startWorld(client, client)
    expect((await world.http(world.itemsUrl)).status).toBe(200)
    expect(lastBasic(world)).toBe('harbour office/1:100% + :more=')
  })

  test('Client auth: a server that decodes them gets them form-encoded, by option', async () => {
    const client = {
      clientId: 'harbour:office 1',
      clientSecret: '100% + :more=',
      basicEncoding: 'form-urlencoded',
    } as const
    const world = await startWorld(client, client)
    expect((await world.http(world.itemsUrl)).status).toBe(200)
    expect(lastBasic(world)).toBe('harbour%3Aoffice+1:100%25+%2B+%3Amore%3D')
  })

  test('Client id: one that is not ASCII is sent as UTF-8', async () => {
    const world = await startWorld({ clientId: 'Käpt’n 船' }, { clientId: 'Käpt’n 船' })
    expect((await world.http(world.itemsUrl)).status).toBe(200)
    expect(lastBasic(world)).toBe(`Käpt’n 船:${CLIENT.clientSecret}`)
  })

  test('Client id: one with a colon is refused before anything is sent', () => {
    const client = { ...CLIENT, clientId: 'harbour:office', baseUrl: 'https://api.example.com' }
    expect(() => m2m.clientCredentials(client)).toThrow(
      expect.objectContaining({ code: 'invalid_option', vendor: 'm2m', option: 'clientId' }),
    )
    expect(() => m2m.clientCredentials({ ...client, basicEncoding: 'form-urlencoded' })).not.toThrow()
  })

  test('Client secret: a function is called again, so a corrected secret works within a second', async () => {
    let clientSecret = 'wrong'
    const world = await startWorld({}, { clientSecret: async () => clientSecret })
    await expect(world.credential.getToken()).rejects.toMatchObject({ code: 'client_rejected' })
    clientSecret = CLIENT.clientSecret
    await world.clock.advance(1000)
    expect(await world.credential.getToken()).toMatchObject({ tokenType: 'Bearer' })
  })

  test('a program whose global fetch attaches the credential still asks for tokens with Basic', async () => {
    const world = await startWorld()
    vi.stubGlobal('fetch', withCredential(fetch, world.credential))
    expect((await fetch(world.itemsUrl)).status).toBe(200)
    expect(world.simulator.requests.map(({ headers }) => headers.authorization?.split(' ')[0])).toEqual([
      'Basic',
      'Bearer',
    ])
  })
})

describe('a path of the token endpoint', () => {
  test.each(['', 'oauth/token', '/oauth/token?tenant=1', '/oauth/token#a', 'https://evil.example/token'])(
    '"%s" is not a path of a token endpoint',
    (tokenPath) => {
      expect(() => m2m.clientCredentials({ ...CLIENT, baseUrl: 'https://api.example.com', tokenPath })).toThrow(
        '[m2m] "tokenPath" must be a path that begins with "/"',
      )
    },
  )

  test.each(['//evil.example/token', '/\\evil.example/token', '/\t/evil.example/token', '/@evil.example'])(
    '%j stays on the host of the API',
    async (tokenPath) => {
      const world = await startWorld({}, { tokenPath })
      await expect(world.clock.runUntil(world.credential.getToken(), 1000)).rejects.toMatchObject({ status: 404 })
      expect(new Set(traffic(world))).toEqual(new Set(['api 404']))
    },
  )
})

describe('what comes back from the token endpoint', () => {
  test('Response: an hour, in Unix ms, and one token call for all of it', async () => {
    const world = await startWorld()
    const expiresAt = world.clock.now() + ONE_HOUR_MS
    expect(await world.credential.getToken()).toMatchObject({ tokenType: 'Bearer', expiresAt })
    await world.clock.advance(ONE_HOUR_MS - 120_000)
    await world.http(world.itemsUrl)
    expect(world.simulator.tokenCalls()).toBe(1)
  })

  test('Response: a token that is valid for two seconds is replaced every two seconds', async () => {
    const world = await startWorld({ expiresIn: 2 })
    for (let use = 0; use < 5; use += 1) {
      expect((await world.http(world.itemsUrl)).status).toBe(200)
      await world.clock.advance(2000)
    }
    expect(traffic(world)).not.toContain('api 401')
    expect(world.simulator.tokenCalls()).toBe(5)
  })

  test('Response: there is no refresh token, so the endpoint is asked again, for days', async () => {
    const world = await startWorld()
    for (let use = 0; use < 48; use += 1) {
      expect((await world.http(world.itemsUrl)).status).toBe(200)
      await world.clock.advance(ONE_HOUR_MS)
    }
    expect([world.simulator.tokenCalls('client_credentials'), world.simulator.tokenCalls()]).toEqual([48, 48])
  })

  test('Token look: an opaque token with + and / and = in it is sent unchanged', async () => {
    const world = await startWorld()
    const { accessToken } = await world.credential.getToken()
    expect(accessToken).toMatch(/^(?=.*\+)(?=.*\/).*=$/)
    expect((await world.http(world.itemsUrl)).status).toBe(200)
    expect(world.simulator.requests.at(-1)?.headers.authorization).toBe(`Bearer ${accessToken}`)
  })

  test('Token look: a token that is not a JWT is used, and its claims are a typed error', async () => {
    const world = await startWorld()
    await expect(world.credential.claims()).rejects.toMatchObject({ code: 'not_a_jwt', vendor: 'm2m' })
    expect((await world.http(world.itemsUrl)).status).toBe(200)
  })

  test('Token look: a token that is a JWT has claims', async () => {
    const world = await startWorld({ tokenFormat: 'jwt' })
    expect(await world.credential.claims()).toMatchObject({ sub: CLIENT.clientId })
    expect((await world.http(world.itemsUrl)).status).toBe(200)
  })

  test('Revoke: no such endpoint is documented, so signing out makes no call and forgets the token', async () => {
    const world = await startWorld()
    await world.credential.getToken()
    expect(await world.credential.signOut()).toEqual({ revoked: false })
    expect(world.simulator.tokenCalls()).toBe(1)
  })
})
