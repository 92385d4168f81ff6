import { clientCredentials, type OAuthOptions, password } from '@valetkey/oauth2'
import { describe, expect, test } from 'vitest'
import { startOAuthWorld, tokens } from './support/oauth-world.ts'

const USER = { username: 'robin@example.com', password: 'example-password' }

describe('client credentials', () => {
  test('the client proves itself with Basic', async () => {
    const { settings, answerNext, tokenRequests } = await startOAuthWorld()
    answerNext(tokens('access-1'))
    const credential = clientCredentials(settings)
    expect(await credential.getToken()).toMatchObject({ accessToken: 'access-1', tokenType: 'Bearer' })
    const authorization = `Basic ${btoa('harbour-office:example-secret')}`
    expect(tokenRequests()).toEqual([{ authorization, form: { grant_type: 'client_credentials' } }])
  })

  test('the client proves itself in the form where the vendor wants that', async () => {
    const { settings, answerNext, tokenRequests } = await startOAuthWorld()
    answerNext(tokens('access-1'))
    await clientCredentials({ ...settings, clientAuthentication: 'client_secret_post' }).getToken()
    const form = { grant_type: 'client_credentials', client_id: 'harbour-office', client_secret: 'example-secret' }
    expect(tokenRequests()).toEqual([{ authorization: undefined, form }])
  })

  test.each([
    ['form-urlencoded', 'boat+app:s%2Fcr%26t'],
    ['plain', 'boat app:s/cr&t'],
  ] as const)('special characters in id and secret go out as %s', async (basicEncoding, credentials) => {
    const { settings, answerNext, tokenRequests } = await startOAuthWorld()
    answerNext(tokens('access-1'))
    await clientCredentials({ ...settings, clientId: 'boat app', clientSecret: 's/cr&t', basicEncoding }).getToken()
    expect(tokenRequests()[0]?.authorization).toBe(`Basic ${btoa(credentials)}`)
  })

  test('scopes are asked for, and those of the answer are told', async () => {
    const { settings, answerNext, tokenRequests } = await startOAuthWorld()
    answerNext(tokens('access-1', { scope: 'read write' }))
    const { scopes } = await clientCredentials({ ...settings, scopes: ['read', 'write', 'admin'] }).getToken()
    expect(scopes).toEqual(['read', 'write'])
    expect(tokenRequests()[0]?.form.scope).toBe('read write admin')
  })

  test.each([
    ['an OAuth error', { error: 'invalid_client', error_description: 'Oops' }, 401, 'client_rejected'],
    [
      'a JSON error of another kind',
      { title: 'Oops', type: 'https://errors.example/teapot' },
      418,
      'token_unavailable',
    ],
    ['any other error', 'Oops', 418, 'token_unavailable'],
  ])('%s is a typed error with the status', async (_, body, status, code) => {
    const { vendor, clock, settings } = await startOAuthWorld()
    vendor.failNext({ on: 'token', status, body, times: Number.POSITIVE_INFINITY })
    const asking = clock.runUntil(clientCredentials(settings).getToken(), 10_000)
    await expect(asking).rejects.toMatchObject({ code, status, vendor: 'acme' })
  })

  test('the vendor’s own words for an OAuth error are kept', async () => {
    const { settings, answerNext } = await startOAuthWorld()
    answerNext({ error: 'invalid_scope', error_description: 'Not this one' }, 400)
    const rejected = { oauthError: 'invalid_scope', description: 'Not this one', isRetryable: false }
    await expect(clientCredentials(settings).getToken()).rejects.toMatchObject(rejected)
  })
})

describe('a token answer', () => {
  test.each([
    ['without a token', { funny: 'business' }],
    ['with an empty body', ''],
  ])('%s is an error that may pass', async (_, body) => {
    const { vendor, clock, settings } = await startOAuthWorld()
    vendor.failNext({ on: 'token', status: 200, body, times: Number.POSITIVE_INFINITY })
    const asking = clock.runUntil(clientCredentials(settings).getToken(), 10_000)
    await expect(asking).rejects.toMatchObject({ code: 'token_unavailable', isRetryable: true })
  })

  test('without a lifetime it gives a token that is used until it is refused', async () => {
    const { settings, clock, answerNext, tokenRequests } = await startOAuthWorld()
    answerNext({ access_token: 'access-1', token_type: 'bearer' })
    const credential = clientCredentials(settings)
    expect(await credential.getToken()).not.toHaveProperty('expiresAt')
    await clock.advance(24 * 3_600_000)
    expect((await credential.getToken()).accessToken).toBe('access-1')
    expect(tokenRequests()).toHaveLength(1)
  })

  test('tells when it expires, and the token is replaced by then', async () => {
    const { settings, clock, answerNext } = await startOAuthWorld()
    answerNext(tokens('access-1'))
    answerNext(tokens('access-2'))
    const credential = clientCredentials(settings)
    expect(await credential.getToken()).toMatchObject({ expiresAt: clock.now() + 3_600_000 })
    await clock.advance(3_600_000)
    expect((await credential.getToken()).accessToken).toBe('access-2')
  })

  test('members that no standard names are there to place the token with', async () => {
    const { settings, answerNext } = await startOAuthWorld()
    answerNext(tokens('access-1', { tenant_code: 'north', id_token: 'e30.e30.' }))
    const place: typeof settings.place = ({ accessToken, extra }) => ({
      headers: { authorization: `Bearer ${accessToken}`, 'x-extra': JSON.stringify(extra) },
    })
    const carries = { headers: ['authorization', 'x-extra'], query: [] }
    const { headers } = await clientCredentials({ ...settings, place, carries }).authorization()
    expect(headers['x-extra']).toBe('{"tenant_code":"north"}')
  })
})

describe('password', () => {
  test.each(['client_secret_basic', 'client_secret_post'] as const)('with %s', async (clientAuthentication) => {
    const { settings, answerNext, tokenRequests } = await startOAuthWorld()
    answerNext(tokens('access-1', { refresh_token: 'refresh-1' }))
    const credential = password({ ...settings, ...USER, clientAuthentication })
    expect((await credential.getToken()).accessToken).toBe('access-1')
    const [request] = tokenRequests()
    expect(request?.form).toMatchObject({ grant_type: 'password', ...USER })
    expect(request?.authorization !== undefined).toBe(clientAuthentication === 'client_secret_basic')
    expect(request?.form.client_secret !== undefined).toBe(clientAuthentication === 'client_secret_post')
  })
})

describe('the API that a token is for', () => {
  const resource = ['https://api.example/boats', 'https://api.example/harbours']

  test.each([
    ['client credentials', clientCredentials],
    ['password', (options: OAuthOptions) => password({ ...options, ...USER })],
  ])('is named with %s, one parameter for each', async (_, create) => {
    const { vendor, settings, answerNext } = await startOAuthWorld()
    answerNext(tokens('access-1'))
    await create({ ...settings, resource }).getToken()
    expect(new URLSearchParams(vendor.requests[0]?.body).getAll('resource')).toEqual(resource)
  })
})

describe('renewing by refresh token', () => {
  test('the new tokens replace the old ones', async () => {
    const { settings, clock, answerNext, tokenRequests } = await startOAuthWorld()
    for (const number of [1, 2, 3]) answerNext(tokens(`access-${number}`, { refresh_token: `refresh-${number}` }))
    const credential = password({ ...settings, ...USER })
    for (const number of [1, 2, 3]) {
      expect((await credential.getToken()).accessToken).toBe(`access-${number}`)
      await clock.advance(3_600_000)
    }
    const forms = tokenRequests().map(({ form: { grant_type, refresh_token } }) => [grant_type, refresh_token])
    expect(forms).toEqual([
      ['password', undefined],
      ['refresh_token', 'refresh-1'],
      ['refresh_token', 'refresh-2'],
    ])
  })

  test('an answer without a refresh token leaves the one that there is', async () => {
    const { settings, clock, answerNext, tokenRequests } = await startOAuthWorld()
    answerNext(tokens('access-1', { refresh_token: 'refresh-1' }))
    for (const number of [2, 3]) answerNext(tokens(`access-${number}`))
    const credential = password({ ...settings, ...USER })
    for (const number of [1, 2, 3]) {
      expect((await credential.getToken()).accessToken).toBe(`access-${number}`)
      await clock.advance(3_600_000)
    }
    expect(tokenRequests().map(({ form }) => form.refresh_token)).toEqual([undefined, 'refresh-1', 'refresh-1'])
  })

  test('near its expiry a token is renewed in the background while it is still used', async () => {
    const { settings, vendor, clock, answerNext } = await startOAuthWorld()
    answerNext(tokens('access-1', { refresh_token: 'refresh-1' }))
    answerNext(tokens('access-2', { refresh_token: 'refresh-2' }))
    const credential = password({ ...settings, ...USER })
    await credential.getToken()
    await clock.advance(3_600_000 - 50_000)
    const release = vendor.hold('token')
    expect((await credential.getToken()).accessToken).toBe('access-1')
    await vendor.waitForRequests('token', 2)
    release()
    await credential.close()
    expect((await credential.getToken()).accessToken).toBe('access-2')
  })

  test('a refused refresh token leads to a new sign-in where no person is needed', async () => {
    const { settings, clock, answerNext, tokenRequests } = await startOAuthWorld()
    answerNext(tokens('access-1', { refresh_token: 'refresh-1' }))
    answerNext({ error: 'invalid_grant' }, 400)
    answerNext(tokens('access-2', { refresh_token: 'refresh-2' }))
    const credential = password({ ...settings, ...USER })
    await credential.getToken()
    await clock.advance(3_600_000)
    expect((await credential.getToken()).accessToken).toBe('access-2')
    expect(tokenRequests().map(({ form }) => form.grant_type)).toEqual(['password', 'refresh_token', 'password'])
  })

  test('a vendor that is down costs no refresh token: the next try has it again', async () => {
    const { settings, vendor, clock, answerNext, tokenRequests } = await startOAuthWorld()
    answerNext(tokens('access-1', { refresh_token: 'refresh-1' }))
    const credential = password({ ...settings, ...USER })
    await credential.getToken()
    await clock.advance(3_600_000)
    vendor.failNext({ on: 'token', status: 503, headers: { 'retry-after': '60' } })
    answerNext(tokens('access-2'))
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'token_unavailable' })
    await clock.advance(60_000)
    expect((await credential.getToken()).accessToken).toBe('access-2')
    expect(tokenRequests().map(({ form }) => form.grant_type)).toEqual(['password', 'refresh_token', 'refresh_token'])
  })
})
