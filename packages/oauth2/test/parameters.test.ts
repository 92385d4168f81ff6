import { isCredentialError, memoryStore } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import { identityOf, identityOfSignIn, resolveTokenEndpoint } from '../src/endpoint.ts'
import type { OAuthOptions } from '../src/index.ts'
import { authorizationCode, clientCredentials, createTokenIntrospector, deviceCode, password } from '../src/index.ts'
import { startDeviceWorld } from './helpers/device-vendor.ts'
import { acquire, clientGrant, complete, failureOf, PASSWORD, userGrant } from './helpers/grants.ts'
import { REDIRECT_URI, signIn, startSignInWorld, TOKENS } from './helpers/sign-in.ts'
import { sendAnswer, startTokenServer } from './helpers/token-server.ts'

const BOATS = 'https://api.example.com/boats'
const BILLING = 'https://api.example.com/billing'
const TOKEN_URL = 'https://login.example.com/token'
const DEVICE_GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code'

function formOf({ body }: { readonly body: string }): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body))
}

/** Gives each audience a token of its name, and none without one. */
function startAudienceServer() {
  const server = startTokenServer((request, response) => {
    const { audience } = formOf({ body: received.at(-1)?.body ?? '' })
    const name = audience?.split('/').at(-1)
    if (request.url === '/oauth/token' && name) return sendAnswer(response, { body: { access_token: `for-${name}` } })
    return sendAnswer(response, { status: 403, body: { error: 'access_denied', error_description: 'no such API' } })
  })
  let received: readonly { readonly body: string }[] = []
  return server.then((started) => {
    received = started.requests
    return started
  })
}

describe('further parameters of token requests', () => {
  test('are in every token request of every grant, and what the grant sets counts', async () => {
    const { server, credential, clock } = await startSignInWorld(
      { body: TOKENS },
      { tokenParameters: { audience: BOATS, expires_in: '60' } },
    )
    await signIn(credential)
    await clock.advance(3_600_000)
    await credential.getToken()
    const options = { tokenUrl: server.tokenUrl, tokenParameters: { audience: BOATS, expires_in: '60' } }
    await acquire(clientGrant(options))
    await acquire(userGrant(options))
    const forms = server.requests.map(formOf)
    expect(forms.map(({ grant_type }) => grant_type)).toEqual([
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'password',
    ])
    for (const form of forms) expect(form).toMatchObject({ audience: BOATS, expires_in: '60' })
  })

  test.each([
    ['a form', {}, (request: { readonly body: string }) => formOf(request)],
    ['JSON', { encoding: 'json' }, ({ body }: { readonly body: string }) => JSON.parse(body) as unknown],
    [
      'the query',
      { parameters: 'query' },
      ({ url }: { readonly url: string }) =>
        Object.fromEntries(new URL(url, 'https://login.example.com').searchParams.entries()),
    ],
  ] as const)('are written as %s where the vendor takes that', async (_name, dialect, read) => {
    await using server = await startTokenServer({ body: { access_token: 'first-token' } })
    const tokenParameters = { audience: BOATS, expiring: '1' }
    await acquire(clientGrant({ tokenUrl: server.tokenUrl, tokenParameters, ...dialect }))
    const [request] = server.requests
    if (!request) throw new Error('no request')
    expect(read(request)).toEqual({ audience: BOATS, expiring: '1', grant_type: 'client_credentials' })
  })

  test('may differ by grant type; a function is asked once for each, when the credential is made', async () => {
    const asked: string[] = []
    const tokenParameters = (grantType: string): Record<string, string> => {
      asked.push(grantType)
      return grantType === 'refresh_token' ? {} : { expiring: String(asked.length) }
    }
    const { server, credential, clock } = await startSignInWorld({ body: TOKENS }, { tokenParameters })
    expect(asked).toEqual(['authorization_code', 'refresh_token'])
    await signIn(credential)
    await clock.advance(3_600_000)
    await credential.getToken()
    await signIn(credential.for('another'))
    expect(asked).toHaveLength(2)
    expect(server.requests.map(formOf).map(({ expiring }) => expiring)).toEqual(['1', undefined, '1'])
  })

  test('are those of RFC 8628 where a device signs in', async () => {
    const asked: string[] = []
    const tokenParameters = (grantType: string) => {
      asked.push(grantType)
      return { from: grantType.slice(-11) }
    }
    const { credential, clock, polls } = await startDeviceWorld([{ body: TOKENS }], {}, { tokenParameters })
    expect(asked).toEqual([DEVICE_GRANT_TYPE, 'refresh_token'])
    const { done } = await credential.beginSignIn()
    await clock.runUntil(done, 60_000)
    expect(polls().map(formOf)).toMatchObject([{ from: 'device_code', grant_type: DEVICE_GRANT_TYPE }])
    expect(asked).toHaveLength(2)
  })

  test('are sent as they were when the credential was made', async () => {
    await using server = await startTokenServer({ body: { access_token: 'first-token' } })
    const tokenParameters: Record<string, string> = { audience: BOATS }
    const credential = clientCredentials(complete({ tokenUrl: server.tokenUrl, tokenParameters }))
    tokenParameters.audience = BILLING
    await credential.getToken()
    expect(server.requests.map(formOf)).toMatchObject([{ audience: BOATS }])
  })

  test('keep the tokens of two audiences apart in one store, in each process (S20)', async () => {
    await using server = await startAudienceServer()
    const store = memoryStore()
    const made = (audience?: string) =>
      clientCredentials({
        ...complete({ tokenUrl: server.tokenUrl, store }),
        ...(audience !== undefined && { tokenParameters: { audience } }),
      })
    const tokens = await Promise.all(
      [BOATS, BILLING].map(async (audience) => (await made(audience).getToken()).accessToken),
    )
    expect(tokens).toEqual(['for-boats', 'for-billing'])
    const again = await Promise.all(
      [BILLING, BOATS].map(async (audience) => (await made(audience).getToken()).accessToken),
    )
    expect(again).toEqual(['for-billing', 'for-boats'])
    expect(server.requests).toHaveLength(2)
    await expect(made().getToken()).rejects.toMatchObject({ code: 'client_rejected', oauthError: 'access_denied' })
  })

  test('are shown where the vendor speaks of them: they are no secrets', async () => {
    await using server = await startTokenServer({
      status: 400,
      body: { error: 'invalid_request', error_description: `unknown audience ${BOATS}` },
    })
    const grant = clientGrant({ tokenUrl: server.tokenUrl, tokenParameters: { audience: BOATS } })
    expect((await failureOf(acquire(grant))).description).toBe(`unknown audience ${BOATS}`)
  })
})

describe('the identity in the store', () => {
  const of = (options: Partial<OAuthOptions>) => resolveTokenEndpoint(complete({ tokenUrl: TOKEN_URL, ...options }))
  const identity = (options: Partial<OAuthOptions>) => JSON.stringify(identityOf(of(options), 'password', 'skipper'))
  const signInIdentity = (options: Partial<OAuthOptions>) =>
    JSON.stringify(identityOfSignIn(of(options), 'authorization_code'))

  test('is that of 0.1.0 without further parameters', () => {
    for (const added of [
      {},
      { tokenParameters: {} },
      { tokenParameters: () => ({}) },
      { authorizationParameters: {} },
    ]) {
      expect(identityOf(of({ ...added, scopes: ['b', 'a'] }), 'client_credentials')).toEqual([
        TOKEN_URL,
        'boat-app',
        'client_credentials',
        'a',
        'b',
      ])
      expect(identityOfSignIn(of(added), 'device_code')).toEqual([TOKEN_URL, 'boat-app', 'device_code'])
    }
  })

  test('has every parameter with its grant type, in whatever order, and is never mistaken for another', () => {
    const others: Partial<OAuthOptions>[] = [
      {},
      { tokenParameters: { audience: BOATS } },
      { tokenParameters: { audience: BILLING } },
      { tokenParameters: { audience: BOATS, b: '1' } },
      { tokenParameters: { 'audience,b': `${BOATS},1` } },
      { tokenParameters: { a: 'b,c' } },
      { tokenParameters: { 'a,b': 'c' } },
      { tokenParameters: (type) => (type === 'password' ? { audience: BOATS } : {}) },
      { tokenParameters: (type) => (type === 'refresh_token' ? { audience: BOATS } : {}) },
      { tenant: BOATS },
      { resource: BOATS },
      { scopes: ['token_parameters', `[["password",[["audience","${BOATS}"]]]]`] },
    ]
    expect(new Set(others.map(identity)).size).toBe(others.length)
    const same: Partial<OAuthOptions>[] = [
      { tokenParameters: { b: '1', a: '2', 'a,': '3' } },
      { tokenParameters: { 'a,': '3', a: '2', b: '1' } },
      { tokenParameters: () => ({ a: '2', b: '1', 'a,': '3' }) },
    ]
    expect(new Set(same.map(identity)).size).toBe(1)
  })

  test('has the parameters of the authorization request where a person signs in, but for how they are asked', () => {
    const others = [{}, { audience: BOATS }, { audience: BILLING }, { organization: 'north' }]
    const identities = others.map((authorizationParameters) => signInIdentity({ authorizationParameters }))
    expect(new Set(identities).size).toBe(others.length)
    const asked = { prompt: 'consent', access_type: 'offline', include_granted_scopes: 'true', login_hint: 'skipper' }
    expect(signInIdentity({ authorizationParameters: asked })).toBe(signInIdentity({}))
    expect(identity({ authorizationParameters: { audience: BOATS } })).toBe(identity({}))
  })

  test('keeps the sign-ins for two audiences apart', async () => {
    const { credential, connect } = await startSignInWorld(
      { body: TOKENS },
      { authorizationParameters: { audience: BOATS } },
    )
    await signIn(credential)
    expect(await connect().status()).toMatchObject({ state: 'ready' })
    const billing = connect({ authorizationParameters: { audience: BILLING } })
    expect(await billing.status()).toEqual({ state: 'signed_out' })
    const { signIn: pending } = await credential.beginSignIn()
    await expect(
      billing.completeSignIn(`${REDIRECT_URI}?state=${pending.state}&code=c`, pending),
    ).rejects.toMatchObject({
      reason: 'other_credential',
    })
  })
})

describe('further parameters of authorization requests', () => {
  test('are in each URL; those of one sign-in count more', async () => {
    const authorizationParameters = { audience: BOATS, prompt: 'consent' }
    const { credential, server } = await startSignInWorld({}, { authorizationParameters })
    const { url } = await credential.beginSignIn({ extra: { prompt: 'login', ui: 'dark' } })
    const { audience, prompt, ui, response_type } = Object.fromEntries(url.searchParams)
    expect([audience, prompt, ui, response_type]).toEqual([BOATS, 'login', 'dark', 'code'])
    expect(url.searchParams.getAll('prompt')).toEqual(['login'])
    expect(server.requests).toEqual([])
  })

  test('are in a pushed request, and no longer in the URL (RFC 9126)', async () => {
    const { connect, server } = await startSignInWorld({ status: 201, body: { request_uri: 'urn:example:1' } })
    const pushedAuthorizationRequestUrl = `${server.origin}/par`
    const authorizationParameters = { audience: BOATS }
    const { url } = await connect({ pushedAuthorizationRequestUrl, authorizationParameters }).beginSignIn()
    expect(server.requests.map(formOf)).toMatchObject([{ audience: BOATS, response_type: 'code' }])
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
  })

  test('go with the request of a device too, which is its authorization request (RFC 8628 §3.1)', async () => {
    const authorizationParameters = { audience: BOATS }
    const { credential, server } = await startDeviceWorld(['silence'], {}, { authorizationParameters })
    const { done } = await credential.beginSignIn()
    await credential.close()
    await expect(done).rejects.toMatchObject({ reason: 'closed' })
    expect(server.requests.map(formOf)).toMatchObject([{ audience: BOATS, client_id: 'boat-app' }])
  })

  test('are not in token requests', async () => {
    const { credential, server } = await startSignInWorld(
      { body: TOKENS },
      { authorizationParameters: { audience: BOATS } },
    )
    await signIn(credential)
    expect(server.requests.map(formOf)[0]).not.toHaveProperty('audience')
  })
})

describe('further headers of requests to the authorization server', () => {
  const tokenHeaders = { 'User-Agent': 'linux:boats:v1 (by /u/skipper)', 'X-Subscription': 'canary-subscription' }

  test('are in token requests, revocations, introspections, pushed requests and the search for endpoints', async () => {
    const paths: (string | undefined)[] = []
    await using server = await startTokenServer((request, response) => {
      paths.push(request.url?.split('?')[0])
      const { origin, tokenUrl } = server
      const endpoints = { issuer: origin, token_endpoint: tokenUrl, revocation_endpoint: `${origin}/revoke` }
      const isDocument = request.url?.includes('well-known') === true
      sendAnswer(response, {
        body: isDocument ? endpoints : { access_token: 'first-token', active: true, request_uri: 'u' },
      })
    })
    const { origin } = server
    const credential = password({
      ...complete({ issuer: origin, tokenHeaders }),
      username: 'skipper',
      password: PASSWORD,
    })
    await credential.getToken()
    await credential.signOut()
    const introspect = createTokenIntrospector(complete({ introspectionUrl: `${origin}/introspect`, tokenHeaders }))
    await introspect('first-token')
    const pushed = authorizationCode({
      ...complete({ tokenUrl: server.tokenUrl, pushedAuthorizationRequestUrl: `${origin}/par`, tokenHeaders }),
      authorizationUrl: `${origin}/authorize`,
      redirectUri: REDIRECT_URI,
    })
    await pushed.beginSignIn()
    expect(paths).toEqual(['/.well-known/oauth-authorization-server', '/oauth/token', '/revoke', '/introspect', '/par'])
    for (const { headers } of server.requests) {
      expect(headers).toMatchObject({
        'user-agent': tokenHeaders['User-Agent'],
        'x-subscription': 'canary-subscription',
        'accept-encoding': 'identity',
      })
    }
  })

  test('may say which type is accepted, and are masked in what the vendor says', async () => {
    await using server = await startTokenServer({
      status: 401,
      body: { error: 'invalid_client', error_description: 'no subscription canary-subscription, v 1' },
    })
    const headers = { ...tokenHeaders, accept: 'application/vnd.acme+json', 'x-version': '1' }
    const grant = clientGrant({ tokenUrl: server.tokenUrl, tokenHeaders: headers })
    expect((await failureOf(acquire(grant))).description).toBe('no subscription ***, v 1')
    expect(server.requests[0]?.headers.accept).toBe('application/vnd.acme+json')
  })

  test('change nothing of the identity', () => {
    const of = (options: Partial<OAuthOptions>) =>
      identityOf(resolveTokenEndpoint(complete({ tokenUrl: TOKEN_URL, ...options })), 'client_credentials')
    expect(of({ tokenHeaders })).toEqual(of({}))
  })
})

const RESERVED = {
  tokenParameters: [
    ...['grant_type', 'client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'assertion', 'code'],
    ...['code_verifier', 'redirect_uri', 'refresh_token', 'device_code', 'username', 'password', 'scope', 'resource'],
    ...['subject_token', 'subject_token_type', 'actor_token', 'actor_token_type'],
  ],
  authorizationParameters: ['response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'resource', 'request_uri'],
  tokenHeaders: ['Authorization', 'content-type', 'Content-Length', 'host', 'Cookie', 'accept-encoding', 'dpop', 'te'],
} as const

const GRANTS = { clientCredentials, password, authorizationCode, deviceCode }

describe.each(Object.entries(GRANTS))('%s refuses', (grant, create) => {
  const message = (options: object): string => {
    const basis = complete({ tokenUrl: TOKEN_URL })
    const urls = { authorizationUrl: 'https://a.example/', deviceAuthorizationUrl: 'https://a.example/' }
    const person = grant === 'password' ? { username: 'skipper', password: PASSWORD } : {}
    const back = grant === 'authorizationCode' ? { redirectUri: REDIRECT_URI } : {}
    try {
      Reflect.apply(create, undefined, [{ ...basis, ...urls, ...person, ...back, ...options }])
    } catch (error) {
      if (isCredentialError(error, 'invalid_option')) return error.message
      throw error
    }
    throw new Error('it was accepted')
  }

  test.each(Object.entries(RESERVED).flatMap(([option, names]) => names.map((name) => [option, name] as const)))(
    '%s with "%s", which is not the program’s',
    (option, name) => {
      expect(message({ [option]: { [name]: 'canary' } })).toBe(
        `[acme] "${option}" must not hold "${name.toLowerCase()}"`,
      )
    },
  )

  test.each([
    ['tokenParameters', 'audience=a', 'must be an object of names and strings'],
    ['tokenParameters', new URLSearchParams({ a: 'b' }), 'must be an object of names and strings'],
    ['tokenParameters', [['a', 'b']], 'must be an object of names and strings'],
    ['tokenParameters', null, 'must be an object of names and strings'],
    ['tokenParameters', { audience: undefined }, 'must hold non-empty strings'],
    ['tokenParameters', { audience: '' }, 'must hold non-empty strings'],
    ['tokenParameters', { expires_in: 60 }, 'must hold non-empty strings'],
    ['tokenParameters', { '': 'a' }, 'must not hold a parameter without a name'],
    ['tokenParameters', async () => ({ a: 'b' }), 'must be an object of names and strings'],
    ['tokenParameters', () => undefined, 'must be an object of names and strings'],
    ['tokenParameters', () => ({ scope: 'a' }), 'must not hold "scope"'],
    [
      'tokenParameters',
      () => {
        throw new Error('canary')
      },
      'threw an error',
    ],
    ['authorizationParameters', () => ({}), 'must be an object of names and strings'],
    ['authorizationParameters', { max_age: 60 }, 'must hold non-empty strings'],
    ['tokenHeaders', new Headers({ a: 'b' }), 'must be an object of names and strings'],
    ['tokenHeaders', { 'bad name': 'a' }, 'must hold valid header names'],
    ['tokenHeaders', { a: 'canary\r\nx: y' }, 'holds characters in "a" that no header can carry'],
    ['tokenHeaders', { a: ' canary' }, 'holds characters in "a" that no header can carry'],
    ['tokenHeaders', { a: 'canary \u2014' }, 'holds characters in "a" that no header can carry'],
    ['tokenHeaders', { a: 'b', A: 'c' }, 'must hold "a" once'],
  ])('%s: %o', (option, value, problem) => {
    const text = message({ [option]: value })
    expect(text).toBe(`[acme] "${option}" ${problem}`)
    expect(text).not.toContain('canary')
  })
})

test('a polluted prototype adds no parameter and no header', async () => {
  await using server = await startTokenServer({ body: { access_token: 'first-token' } })
  const added = {
    tokenParameters: { audience: 'polluted' },
    tokenHeaders: { 'x-polluted': 'yes' },
    audience: 'polluted',
  }
  try {
    Object.assign(Object.prototype, added)
    await clientCredentials(complete({ tokenUrl: server.tokenUrl })).getToken()
  } finally {
    for (const name of Object.keys(added)) Reflect.deleteProperty(Object.prototype, name)
  }
  const [request] = server.requests
  expect(formOf(request ?? { body: '' })).not.toHaveProperty('audience')
  expect(request?.headers).not.toHaveProperty('x-polluted')
})
