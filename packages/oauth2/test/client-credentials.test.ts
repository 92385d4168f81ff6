import { describe, expect, test } from 'vitest'
import type { GrantOptions } from './helpers/grants.ts'
import { acquire, CLIENT_SECRET, clientGrant } from './helpers/grants.ts'
import type { ReceivedRequest } from './helpers/token-server.ts'
import { startTokenServer } from './helpers/token-server.ts'

const TOKENS = { access_token: 'first-token', token_type: 'bearer', expires_in: 3600 }

async function requestWith(options: Partial<GrantOptions>): Promise<ReceivedRequest> {
  await using server = await startTokenServer({ body: TOKENS })
  await acquire(clientGrant({ tokenUrl: server.tokenUrl, ...options }))
  expect(server.requests).toHaveLength(1)
  const [request] = server.requests
  if (!request) throw new Error('no request')
  return request
}

function decodeBasic(request: ReceivedRequest): string {
  const [scheme, credentials = ''] = (request.headers.authorization ?? '').split(' ')
  expect(scheme).toBe('Basic')
  return Buffer.from(credentials, 'base64').toString('utf8')
}

describe('a client credentials request', () => {
  test('is a form with the client in a Basic header unless the dialect says otherwise', async () => {
    const request = await requestWith({})
    expect(request.method).toBe('POST')
    expect(request.url).toBe('/oauth/token')
    expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded;charset=UTF-8')
    expect(request.headers.accept).toBe('application/json')
    expect(request.headers['accept-encoding']).toBe('identity')
    expect(request.body).toBe('grant_type=client_credentials')
    expect(decodeBasic(request)).toBe(`boat-app:${CLIENT_SECRET}`)
  })

  test('carries the scopes as one text', async () => {
    const request = await requestWith({ scopes: ['read:device', 'write:device'] })
    expect(new URLSearchParams(request.body).get('scope')).toBe('read:device write:device')
  })

  test('is JSON where the vendor wants JSON, with the client in the body', async () => {
    const request = await requestWith({
      encoding: 'json',
      clientAuthentication: 'client_secret_post',
      clientId: 'a "quoted" id',
      scopes: ['read:device'],
    })
    expect(request.headers['content-type']).toBe('application/json')
    expect(request.headers.authorization).toBeUndefined()
    expect(JSON.parse(request.body)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'a "quoted" id',
      client_secret: CLIENT_SECRET,
      scope: 'read:device',
    })
  })

  test('has a JSON array of scopes where the vendor wants one', async () => {
    const scopes = ['read:device', 'write:device']
    const json = await requestWith({ encoding: 'json', scopeFormat: 'array', scopes })
    expect(JSON.parse(json.body)).toEqual({ grant_type: 'client_credentials', scope: scopes })
  })

  test('names no scope where the vendor knows none', async () => {
    const request = await requestWith({ scopeFormat: 'omit', scopes: ['read:device'] })
    expect(request.body).toBe('grant_type=client_credentials')
  })

  test('posts the client in the form for client_secret_post', async () => {
    const request = await requestWith({ clientAuthentication: 'client_secret_post' })
    expect(request.headers.authorization).toBeUndefined()
    expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: 'boat-app',
      client_secret: CLIENT_SECRET,
    })
  })

  test('names a client without a secret in the form only', async () => {
    const request = await requestWith({ clientAuthentication: 'none', clientSecret: undefined })
    expect(request.headers.authorization).toBeUndefined()
    expect(request.body).toBe('grant_type=client_credentials&client_id=boat-app')
  })

  test('form-encodes id and secret before Base64, as RFC 6749 says, and leaves -._ alone for servers that do not decode', async () => {
    const request = await requestWith({ clientId: 'boat-app_1.0', clientSecret: 'a b:c/ü+%' })
    expect(decodeBasic(request)).toBe('boat-app_1.0:a+b%3Ac%2F%C3%BC%2B%25')
  })

  test('takes id and secret as they are where the vendor documents it so', async () => {
    const request = await requestWith({ basicEncoding: 'plain', clientSecret: 'a b:c/ü+%' })
    expect(decodeBasic(request)).toBe('boat-app:a b:c/ü+%')
  })

  test('puts the parameters into the query, beside what is there, where a vendor accepts nothing else', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    const tokenUrl = `${server.tokenUrl}?tenant=7`
    await acquire(clientGrant({ tokenUrl, parameters: 'query', clientAuthentication: 'client_secret_post' }))
    const [request] = server.requests
    expect(Object.fromEntries(new URL(request?.url ?? '', server.origin).searchParams)).toEqual({
      tenant: '7',
      grant_type: 'client_credentials',
      client_id: 'boat-app',
      client_secret: CLIENT_SECRET,
    })
    expect(request?.body).toBe('')
    expect(request?.headers['content-type']).toBeUndefined()
  })

  test('reads a secret function anew for each request', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    const secrets = ['monday', 'tuesday']
    const grant = clientGrant({ tokenUrl: server.tokenUrl, clientSecret: async () => secrets.shift() ?? '' })
    await acquire(grant)
    await acquire(grant)
    expect(server.requests.map(decodeBasic)).toEqual(['boat-app:monday', 'boat-app:tuesday'])
  })

  test('does not ask the fetch to be called as a method, which browsers refuse', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    async function strictFetch(this: unknown, ...request: Parameters<typeof fetch>): Promise<Response> {
      if (this !== undefined) throw new TypeError('Illegal invocation')
      return fetch(...request)
    }
    const tokens = await acquire(clientGrant({ tokenUrl: server.tokenUrl }), { fetch: strictFetch })
    expect(tokens.accessToken).toBe('first-token')
  })
})

describe('the client credentials grant', () => {
  test('drops a refresh token, and never refreshes', async () => {
    await using server = await startTokenServer({
      body: { ...TOKENS, refresh_token: 'not-for-this-grant', refresh_expires_in: 9000 },
    })
    const grant = clientGrant({ tokenUrl: server.tokenUrl })
    const tokens = await acquire(grant)
    expect(tokens.refreshToken).toBeUndefined()
    expect(tokens.refreshExpiresIn).toBeUndefined()
    expect(JSON.stringify(tokens)).not.toContain('not-for-this-grant')
    expect('refresh' in grant).toBe(false)
  })

  test('tells its configured secret, so that a corrected one works at once', async () => {
    const tokenUrl = 'https://login.example.com/token'
    expect(await clientGrant({ tokenUrl, clientSecret: () => 'from-a-vault' }).secrets?.()).toBe('["from-a-vault"]')
    const publicClient = clientGrant({ tokenUrl, clientAuthentication: 'none', clientSecret: undefined })
    expect(await publicClient.secrets?.()).toBe('[null]')
  })
})
