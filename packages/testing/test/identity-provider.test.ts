import { createHash } from 'node:crypto'

import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import { type IdentityProviderOptions, identityProviderSimulator, simulators } from '../src/simulators/index.ts'

const CLIENT = { clientId: 'boat app', clientSecret: 'boat+secret' } as const
const REDIRECT_URI = 'http://127.0.0.1:8765/callback'
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'

type Fields = Readonly<Record<string, string>>
type Answer = Partial<Record<'access_token' | 'refresh_token' | 'error' | 'device_code' | 'user_code', string>>

async function start(options: Partial<IdentityProviderOptions> = {}) {
  const clock = virtualClock()
  const idp = await identityProviderSimulator({ ...CLIENT, clock, ...options })
  onTestFinished(() => idp.close())
  const isPublic = 'clientSecret' in options && options.clientSecret === undefined
  const client: Fields = isPublic
    ? { client_id: CLIENT.clientId }
    : { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }
  const post = async (url: string, fields: Fields | [string, string][]) => {
    const body = new URLSearchParams([
      ...Object.entries(client),
      ...(Array.isArray(fields) ? fields : Object.entries(fields)),
    ])
    const response = await fetch(url, { method: 'POST', body })
    return { status: response.status, ...((await response.json()) as Answer) }
  }
  const token = (fields: Fields | [string, string][]) => post(idp.tokenUrl, fields)
  const page = (parameters: Fields = {}) =>
    `${idp.authorizationUrl}?${new URLSearchParams({
      response_type: 'code',
      client_id: CLIENT.clientId,
      redirect_uri: REDIRECT_URI,
      state: 's',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ...parameters,
    })}`
  const code = (parameters?: Fields) => idp.approve(page(parameters)).searchParams.get('code') ?? ''
  const exchange = (given: string, fields: Fields = {}) =>
    token({
      grant_type: 'authorization_code',
      code: given,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
      ...fields,
    })
  const refresh = (refresh_token = '', fields: Fields = {}) =>
    token({ grant_type: 'refresh_token', refresh_token, ...fields })
  const read = async (accessToken = '') => {
    const response = await fetch(`${idp.baseUrl}/boats`, { headers: { authorization: `Bearer ${accessToken}` } })
    return { status: response.status, ...((await response.json()) as object) }
  }
  return { clock, idp, post, token, page, code, exchange, refresh, read }
}

describe('the identity provider gives tokens', () => {
  test('for a code, with PKCE, and tells the API whose they are and what for', async () => {
    const { code, exchange, read, idp } = await start()
    const tokens = await exchange(code({ scope: 'boats:read boats:write', audience: 'https://api.example.com/' }))
    expect(tokens).toEqual({
      status: 200,
      access_token: expect.stringMatching(/^access-/),
      refresh_token: expect.stringMatching(/^refresh-/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'boats:read boats:write',
    })
    const info = {
      account: 'robin@example.com',
      clientId: CLIENT.clientId,
      scopes: ['boats:read', 'boats:write'],
      audiences: ['https://api.example.com/'],
    }
    expect(await read(tokens.access_token)).toEqual({ status: 200, path: '/boats', ...info })
    expect(await idp.tokenInfo(tokens.access_token ?? '')).toEqual(info)
    expect([await read('other'), await idp.tokenInfo('other')]).toEqual([
      { status: 401, error: 'invalid_token' },
      undefined,
    ])
  })

  test('to a device, after a person has allowed it', async () => {
    const { idp, post, token, clock, read } = await start({ deviceInterval: 5 })
    const device = await post(idp.deviceAuthorizationUrl, { scope: 'boats:read' })
    expect(device).toMatchObject({ status: 200, user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/), interval: 5 })
    const poll = () => token({ grant_type: DEVICE_CODE, device_code: device.device_code ?? '' })
    expect((await poll()).error).toBe('authorization_pending')
    expect((await poll()).error).toBe('slow_down')
    await clock.advance(5000)
    expect((await poll()).error).toBe('authorization_pending')
    idp.approveDevice(device.user_code ?? '', { account: 'kim@example.com' })
    const tokens = await poll()
    expect(tokens).toMatchObject({ status: 200, scope: 'boats:read', refresh_token: expect.any(String) })
    expect(await read(tokens.access_token)).toMatchObject({ account: 'kim@example.com' })
    expect((await poll()).error).toBe('invalid_grant')
  })

  test('to no device that a person refuses, or whose code is too old', async () => {
    const { idp, post, token, clock } = await start()
    const [denied, late] = [await post(idp.deviceAuthorizationUrl, {}), await post(idp.deviceAuthorizationUrl, {})]
    const poll = (device_code = '') => token({ grant_type: DEVICE_CODE, device_code })
    idp.denyDevice(denied.user_code ?? '')
    expect((await poll(denied.device_code)).error).toBe('access_denied')
    await clock.advance(600_000)
    expect((await poll(late.device_code)).error).toBe('expired_token')
    expect(() => idp.approveDevice('NOT-KNWN')).toThrow(RangeError)
  })

  test('for a password, and for the client itself, which has no refresh token', async () => {
    const { token, read } = await start({ scopes: ['boats:read'] })
    const user = { username: 'robin@example.com', password: 'password' }
    const robins = await token({ grant_type: 'password', ...user })
    expect(robins).toMatchObject({ status: 200, scope: 'boats:read', refresh_token: expect.any(String) })
    expect((await token({ grant_type: 'password', ...user, password: 'wrong' })).error).toBe('invalid_grant')
    const own = await token({ grant_type: 'client_credentials', scope: 'boats:read' })
    expect(own).not.toHaveProperty('refresh_token')
    expect(await read(own.access_token)).toEqual({
      status: 200,
      path: '/boats',
      clientId: CLIENT.clientId,
      scopes: ['boats:read'],
      audiences: [],
    })
  })

  test('as JWTs that its keys prove, where that is asked for', async () => {
    const { token, idp } = await start({ accessTokenFormat: 'jwt' })
    const tokens = await token([
      ['grant_type', 'client_credentials'],
      ['resource', 'https://one.example/'],
      ['resource', 'https://two.example/'],
    ])
    const { jwks_uri: keys } = (await (await fetch(`${idp.issuer}/.well-known/openid-configuration`)).json()) as Fields
    const keySet = createLocalJWKSet(await (await fetch(keys ?? '')).json())
    const verify = jwtVerify(tokens.access_token ?? '', keySet, {
      issuer: idp.issuer,
      audience: 'https://two.example/',
      currentDate: new Date(idp.clock.now()),
    })
    expect((await verify).payload).toMatchObject({
      client_id: CLIENT.clientId,
      aud: ['https://one.example/', 'https://two.example/'],
    })
    idp.revokeAll()
    expect(await idp.tokenInfo(tokens.access_token ?? '')).toBeUndefined()
  })

  test('to a client that writes JSON, or shows itself in a header', async () => {
    const { idp } = await start()
    const client = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret }
    const json = await fetch(idp.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        grant_type: 'client_credentials',
        scope: ['a', 'b'],
        resource: 'https://one.example/',
        ...client,
      }),
    })
    expect(await json.json()).toMatchObject({ scope: 'a b' })
    const encode = (text: string) => encodeURIComponent(text).replaceAll('%20', '+')
    const authorization = `Basic ${btoa(`${encode(CLIENT.clientId)}:${encode(CLIENT.clientSecret)}`)}`
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    expect((await fetch(idp.tokenUrl, { method: 'POST', headers: { authorization }, body })).status).toBe(200)
  })
})

describe('the identity provider rotates refresh tokens', () => {
  test('each is good once; its second use ends every token of the grant, and is counted', async () => {
    const { idp, refresh, read } = await start()
    const planted = idp.plantGrant()
    const first = await refresh(planted)
    const second = await refresh(first.refresh_token)
    expect([first.status, second.status, idp.reuses()]).toEqual([200, 200, 0])
    expect((await refresh(planted)).error).toBe('invalid_grant')
    expect(idp.reuses()).toBe(1)
    expect((await refresh(second.refresh_token)).error).toBe('invalid_grant')
    expect((await read(second.access_token)).status).toBe(401)
  })

  test('of two refreshes at once with one token, one is the second use', async () => {
    const { idp, refresh } = await start()
    const planted = idp.plantGrant()
    const answers = await Promise.all([refresh(planted), refresh(planted)])
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 400]))
    expect(idp.reuses()).toBe(1)
  })

  test('within the time of grace a token may be used again, and not later', async () => {
    const { idp, refresh, clock } = await start({ refreshGraceMs: 10_000 })
    const planted = idp.plantGrant()
    await refresh(planted)
    await clock.advance(9_999)
    expect((await refresh(planted)).status).toBe(200)
    await clock.advance(1)
    expect((await refresh(planted)).error).toBe('invalid_grant')
    expect(idp.reuses()).toBe(1)
  })

  test('where it does not rotate, one token is good for all', async () => {
    const { idp, refresh } = await start({ rotates: false })
    const planted = idp.plantGrant()
    const [first, second] = [await refresh(planted), await refresh(planted)]
    expect([first.status, second.status]).toEqual([200, 200])
    expect(first).not.toHaveProperty('refresh_token')
  })

  test('each lives its time', async () => {
    const { idp, refresh, clock, read } = await start({ expiresIn: 60, refreshExpiresIn: 120 })
    const tokens = await refresh(idp.plantGrant())
    await clock.advance(60_000)
    expect((await read(tokens.access_token)).status).toBe(401)
    const next = await refresh(tokens.refresh_token)
    expect(next.status).toBe(200)
    await clock.advance(120_000)
    expect((await refresh(next.refresh_token)).error).toBe('invalid_grant')
  })

  test('one for everybody, for those who ask for offline_access, or for nobody', async () => {
    for (const [refreshTokens, scope, expected] of [
      ['always', '', true],
      ['offline_access', 'boats', false],
      ['offline_access', 'offline_access', true],
      ['never', 'offline_access', false],
    ] as const) {
      const { code, exchange } = await start({ refreshTokens })
      expect('refresh_token' in (await exchange(code({ scope })))).toBe(expected)
    }
  })

  test('fewer scopes and another API may be asked for, further scopes may not', async () => {
    const { idp, refresh, read } = await start()
    const planted = idp.plantGrant({ scopes: ['a', 'b'] })
    const narrow = await refresh(planted, { scope: 'a', resource: 'https://one.example/' })
    expect(await read(narrow.access_token)).toMatchObject({ scopes: ['a'], audiences: ['https://one.example/'] })
    const whole = await refresh(narrow.refresh_token)
    expect(await read(whole.access_token)).toMatchObject({ scopes: ['a', 'b'], audiences: [] })
    expect((await refresh(whole.refresh_token, { scope: 'c' })).error).toBe('invalid_scope')
  })
})

describe('the identity provider refuses', () => {
  test('a code that was used, which ends its grant, that is too old, or is not this request’s', async () => {
    const { code, exchange, read, clock } = await start()
    const used = code()
    const tokens = await exchange(used)
    expect((await exchange(used)).error).toBe('invalid_grant')
    expect((await read(tokens.access_token)).status).toBe(401)
    expect((await exchange(code(), { redirect_uri: 'http://127.0.0.1:1/other' })).error).toBe('invalid_grant')
    expect((await exchange(code(), { code_verifier: 'w'.repeat(43) })).error).toBe('invalid_grant')
    const late = code()
    await clock.advance(600_000)
    expect((await exchange(late)).error).toBe('invalid_grant')
  })

  test('a client that is not known, or proves itself in another way', async () => {
    const { token, idp } = await start()
    expect(await token({ grant_type: 'client_credentials', client_secret: 'wrong' })).toMatchObject({
      status: 401,
      error: 'invalid_client',
    })
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT.clientId })
    expect((await fetch(idp.tokenUrl, { method: 'POST', body })).status).toBe(401)
  })

  test('a public client without PKCE, and its client credentials', async () => {
    const { idp, page, token, exchange, code } = await start({ clientSecret: undefined })
    const { code_challenge: _none, ...bare } = Object.fromEntries(new URL(page()).searchParams)
    const callback = idp.approve(`${idp.authorizationUrl}?${new URLSearchParams(bare)}`)
    expect(callback.searchParams.get('error')).toBe('invalid_request')
    expect((await exchange(code())).status).toBe(200)
    expect((await token({ grant_type: 'client_credentials' })).error).toBe('unauthorized_client')
  })

  test('scopes and APIs that it does not know', async () => {
    const { idp, page, token, refresh } = await start({ scopes: ['a'], audiences: ['https://one.example/'] })
    const asksFor = (parameters: Fields) => idp.approve(page(parameters)).searchParams.get('error')
    expect([asksFor({ scope: 'b' }), asksFor({ resource: 'https://two.example/' }), asksFor({ scope: 'a' })]).toEqual([
      'invalid_scope',
      'invalid_target',
      null,
    ])
    const own = { grant_type: 'client_credentials' }
    expect((await token({ ...own, scope: 'b' })).error).toBe('invalid_scope')
    expect((await token({ ...own, audience: 'https://two.example/' })).error).toBe('invalid_target')
    expect((await refresh(idp.plantGrant(), { resource: 'https://two.example/' })).error).toBe('invalid_target')
  })

  test('tokens that were revoked: a refresh token takes its grant with it', async () => {
    const { idp, post, refresh, read } = await start()
    const tokens = await refresh(idp.plantGrant())
    const others = await refresh(idp.plantGrant())
    expect((await post(idp.revocationUrl, { token: tokens.access_token ?? '' })).status).toBe(200)
    expect((await read(tokens.access_token)).status).toBe(401)
    const next = await refresh(tokens.refresh_token)
    await post(idp.revocationUrl, { token: next.refresh_token ?? '', token_type_hint: 'refresh_token' })
    expect((await read(next.access_token)).status).toBe(401)
    expect((await refresh(next.refresh_token)).error).toBe('invalid_grant')
    expect((await read(others.access_token)).status).toBe(200)
    expect((await post(idp.revocationUrl, { token: 'not known' })).status).toBe(200)
  })

  test('a person who denies, a grant type that there is not, and options that make no sense', async () => {
    const { idp, page, token } = await start()
    expect(idp.deny(page()).searchParams.get('error')).toBe('access_denied')
    expect((await token({ grant_type: 'implicit' })).error).toBe('unsupported_grant_type')
    await expect(simulators.identityProvider({ clientId: '' })).rejects.toMatchObject({ option: 'clientId' })
    await expect(
      simulators.identityProvider({ clientId: 'a', clientAuthentication: 'client_secret_basic' }),
    ).rejects.toMatchObject({ option: 'clientAuthentication' })
  })
})
