import { INNER_FETCH } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import type { PendingSignIn } from '../src/index.ts'
import { ACCESS_TOKEN, CODE, callbackOf, errorOf, REDIRECT_URI, startSignInWorld } from './helpers/sign-in.ts'

const HOUR_MS = 3_600_000

async function begun(...parameters: Parameters<typeof startSignInWorld>) {
  const world = await startSignInWorld(...parameters)
  const { signIn } = await world.credential.beginSignIn()
  const bodies = () => world.server.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
  return { ...world, signIn, bodies }
}

describe('a person who comes back', () => {
  test('costs one token request with the code, the redirect URI and the verifier', async () => {
    const { credential, signIn, bodies, server } = await begun()
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect(bodies()).toEqual([
      {
        grant_type: 'authorization_code',
        code: CODE,
        redirect_uri: REDIRECT_URI,
        code_verifier: signIn.codeVerifier,
      },
    ])
    expect(server.requests[0]?.headers.authorization).toMatch(/^Basic /)
    expect((await credential.getToken()).accessToken).toBe(ACCESS_TOKEN)
    expect(server.requests).toHaveLength(1)
  })

  test('signs in a client without a secret too, which names itself in the body', async () => {
    const { credential, signIn, bodies, server } = await begun(undefined, { clientSecret: undefined })
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect(bodies()).toMatchObject([{ client_id: 'boat-app' }])
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  test('costs a request below the program’s own fetch, which may wait for this very sign-in', async () => {
    const outer = () => Promise.reject(new Error('the outer fetch'))
    const { credential, signIn } = await begun(undefined, { fetch: Object.assign(outer, { [INNER_FETCH]: fetch }) })
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect((await credential.getToken()).accessToken).toBe(ACCESS_TOKEN)
  })

  test.each([
    ['a URL', (url: URL) => url],
    ['its text', (url: URL) => url.href],
    ['its path and query, as servers have them', (url: URL) => url.pathname + url.search],
    ['a URL behind a proxy', (url: URL) => `http://10.0.0.7:3000${url.pathname}${url.search}`],
  ])('may be told of by %s', async (_, formOf) => {
    const { credential, signIn } = await begun()
    await credential.completeSignIn(formOf(callbackOf(signIn)), signIn)
    expect(await credential.status()).toMatchObject({ state: 'ready' })
  })

  test('may come back to another process with the same store, and with what a session keeps', async () => {
    const { connect, credential, signIn } = await begun()
    const kept: PendingSignIn = JSON.parse(JSON.stringify(signIn))
    await connect().completeSignIn(callbackOf(signIn), kept)
    expect((await credential.getToken()).accessToken).toBe(ACCESS_TOKEN)
  })

  test('may have begun twice: both sign-ins end well, and the last one counts', async () => {
    let count = 0
    const { credential, signIn } = await begun((_request, response) => {
      count += 1
      response.end(JSON.stringify({ access_token: `token-${count}`, expires_in: 3600 }))
    })
    const { signIn: second } = await credential.beginSignIn()
    await credential.completeSignIn(callbackOf(second), second)
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect((await credential.getToken()).accessToken).toBe('token-2')
  })
})

describe('what was granted', () => {
  test('is in the status: less than was asked for', async () => {
    const { credential, signIn } = await begun(
      { body: { access_token: 'token', expires_in: 3600, scope: 'read' } },
      { scopes: ['read', 'write'] },
    )
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect(await credential.status()).toMatchObject({ state: 'ready', scopes: ['read'] })
  })

  test('is what was asked for, where the vendor says nothing else (RFC 6749 §5.1)', async () => {
    const { credential } = await begun(undefined, { scopes: ['read'] })
    const { signIn } = await credential.beginSignIn({ scopes: ['read', 'write'] })
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect(await credential.status()).toMatchObject({ scopes: ['read', 'write'] })
  })

  test('without a refresh token says that it cannot be renewed, and that somebody must sign in when it is over', async () => {
    const { credential, signIn, clock, server } = await begun({ body: { access_token: 'token', expires_in: 3600 } })
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect(await credential.status()).toEqual({ state: 'ready', renewable: false, expiresAt: clock.now() + HOUR_MS })
    await clock.advance(HOUR_MS)
    const reason = 'no_refresh_token'
    expect(await credential.status()).toMatchObject({ state: 'reauthorization-required', reason })
    expect(await errorOf(credential.getToken())).toMatchObject({ code: 'reauthorization_required', reason })
    expect(server.requests).toHaveLength(1)
  })
})

describe('a callback', () => {
  const OTHER_STATE = 'another-state-of-256-bits-0123456789abcdefg'

  test.each<[string, string, (url: URL) => URL | string]>([
    ['of another sign-in', 'state_mismatch', (url) => withParameter(url, 'state', OTHER_STATE)],
    ['without a state', 'state_mismatch', (url) => withParameter(url, 'state')],
    ['with two states', 'state_mismatch', (url) => `${url}&state=${OTHER_STATE}`],
    ['with the same state twice', 'state_mismatch', (url) => `${url}&state=${url.searchParams.get('state')}`],
    ['without anything', 'state_mismatch', () => REDIRECT_URI],
    ['at another path', 'redirect_mismatch', (url) => url.href.replace('/callback?', '/other?')],
    ['with two codes', 'invalid_callback', (url) => `${url}&code=another`],
    ['with two issuers', 'invalid_callback', (url) => `${url}&iss=a&iss=b`],
    ['that is no URL', 'invalid_callback', () => 'https://'],
  ])('%s is refused, asks for nothing, and uses up nothing', async (_, reason, changed) => {
    const { credential, signIn, server } = await begun()
    const error = await errorOf(credential.completeSignIn(changed(callbackOf(signIn)), signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason, vendor: 'acme', isRetryable: false })
    expect(server.requests).toEqual([])
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect((await credential.getToken()).accessToken).toBe(ACCESS_TOKEN)
  })

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['without a code', 'missing_code', {}],
    ['with an empty code', 'missing_code', { code: '' }],
    ['of a user who refused', 'access_denied', { error: 'access_denied', error_description: 'not today' }],
    ['with an error and a code', 'access_denied', { error: 'access_denied', code: CODE }],
    ['with an error that is no code of an error', 'refused', { error: '<script>alert(1)</script>' }],
  ])('%s is refused, asks for nothing, and is over', async (_, reason, parameters) => {
    const { credential, signIn, server } = await begun()
    const error = await errorOf(credential.completeSignIn(callbackOf(signIn, parameters), signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason })
    expect(error.message).not.toContain('<')
    expect(await errorOf(credential.completeSignIn(callbackOf(signIn), signIn))).toMatchObject({
      reason: 'already_used',
    })
    expect(server.requests).toEqual([])
    expect(await credential.status()).toEqual({ state: 'signed-out' })
  })

  test('of a user who refused is told in the vendor’s words', async () => {
    const { credential, signIn } = await begun()
    const denied = callbackOf(signIn, { error: 'access_denied', error_description: 'Role\n"sailor" lacks a scope' })
    expect((await errorOf(credential.completeSignIn(denied, signIn))).message).toBe(
      'acme: the vendor or the user refused the sign-in (access_denied: Role "sailor" lacks a scope)',
    )
  })

  test('that comes twice is refused the second time', async () => {
    const { credential, signIn, server } = await begun()
    await credential.completeSignIn(callbackOf(signIn), signIn)
    const error = await errorOf(credential.completeSignIn(callbackOf(signIn), signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'already_used' })
    expect(server.requests).toHaveLength(1)
  })

  test('that comes twice at once, to two processes, counts once', async () => {
    const { credential, connect, signIn, server } = await begun()
    const results = await Promise.allSettled(
      [credential, connect()].map((each) => each.completeSignIn(callbackOf(signIn), signIn)),
    )
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { reason: 'already_used' } })
    expect(server.requests).toHaveLength(1)
  })

  test('after ten minutes is too late', async () => {
    const { credential, signIn, clock, server } = await begun()
    await clock.advance(600_000)
    const error = await errorOf(credential.completeSignIn(callbackOf(signIn), signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'expired' })
    expect(server.requests).toEqual([])
  })

  test.each([undefined, null, {}, { state: '' }, 'a text', { state: 'a', codeVerifier: 'b', redirectUri: 'c' }])(
    'whose sign-in the session has lost (%j) is refused',
    async (lost) => {
      const { credential, signIn } = await begun()
      const work = Reflect.apply(credential.completeSignIn, undefined, [callbackOf(signIn), lost])
      expect(await errorOf(Promise.resolve(work))).toMatchObject({ code: 'sign_in_failed', reason: 'no_sign_in' })
    },
  )
})

function withParameter(url: URL, name: string, value?: string): URL {
  const changed = new URL(url)
  if (value === undefined) changed.searchParams.delete(name)
  else changed.searchParams.set(name, value)
  return changed
}

describe('the issuer of a callback (S11)', () => {
  const ISSUER = 'https://login.example.com/tenant'

  test.each([
    ['https://evil.example'],
    [`${ISSUER}/`],
    ['https://login.example.com'],
    ['HTTPS://login.example.com/tenant'],
    [''],
  ])('must be the one that was named, letter by letter, not %j', async (iss) => {
    const { credential, signIn, server } = await begun(undefined, { issuer: ISSUER })
    expect(signIn.issuer).toBe(ISSUER)
    const error = await errorOf(credential.completeSignIn(callbackOf(signIn, { code: CODE, iss }), signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'issuer_mismatch' })
    expect(server.requests).toEqual([])
    await credential.completeSignIn(callbackOf(signIn, { code: CODE, iss: ISSUER }), signIn)
    expect(await credential.status()).toMatchObject({ state: 'ready' })
  })

  test('is looked at before an error is believed', async () => {
    const { credential, signIn } = await begun(undefined, { issuer: ISSUER })
    const parameters = { error: 'access_denied', iss: 'https://evil.example' }
    const error = await errorOf(credential.completeSignIn(callbackOf(signIn, parameters), signIn))
    expect(error).toMatchObject({ reason: 'issuer_mismatch' })
  })

  test('must be at home with one of the endpoints where none was named', async () => {
    const { credential, signIn } = await begun()
    const evil = callbackOf(signIn, { code: CODE, iss: 'https://evil.example' })
    expect(await errorOf(credential.completeSignIn(evil, signIn))).toMatchObject({ reason: 'issuer_mismatch' })
    await credential.completeSignIn(callbackOf(signIn, { code: CODE, iss: 'https://login.example.com/' }), signIn)
    expect(await credential.status()).toMatchObject({ state: 'ready' })
  })

  test('is the one where the sign-in was begun', async () => {
    const { connect, signIn } = await begun(undefined, { issuer: ISSUER })
    const other = connect({ issuer: 'https://other.example' })
    const error = await errorOf(other.completeSignIn(callbackOf(signIn), signIn))
    expect(error).toMatchObject({ reason: 'issuer_mismatch' })
    const unnamed = connect({ issuer: undefined })
    expect(await errorOf(unnamed.completeSignIn(callbackOf(signIn), signIn))).toMatchObject({
      reason: 'issuer_mismatch',
    })
  })
})

describe('after the code is refused', () => {
  test.each([
    ['a code that is over', 400, { error: 'invalid_grant' }, { code: 'sign_in_failed', reason: 'invalid_grant' }],
    ['a wrong secret', 401, { error: 'invalid_client' }, { code: 'client_rejected', oauthError: 'invalid_client' }],
    ['an answer without a token', 200, {}, { code: 'token_unavailable' }],
    ['an outage', 503, {}, { code: 'token_unavailable', status: 503, isRetryable: true }],
  ])('for %s the error says so, and nobody is signed in', async (_, status, body, expected) => {
    const { credential, signIn } = await begun({ status, body })
    expect(await errorOf(credential.completeSignIn(callbackOf(signIn), signIn))).toMatchObject(expected)
    expect(await credential.status()).toEqual({ state: 'signed-out' })
    expect(await errorOf(credential.getToken())).toMatchObject({ code: 'not_signed_in' })
  })

  test('for an outage, the same callback may be tried again; in answer to anything else it is over', async () => {
    const answers = [{ status: 503 }, { status: 400, body: { error: 'invalid_grant' } }, {}]
    const { credential, signIn, server } = await begun((_request, response) => {
      const { status = 200, body = {} } = answers.shift() ?? {}
      response.writeHead(status).end(JSON.stringify(body))
    })
    const again = () => errorOf(credential.completeSignIn(callbackOf(signIn), signIn))
    expect(await again()).toMatchObject({ code: 'token_unavailable' })
    expect(await again()).toMatchObject({ reason: 'invalid_grant' })
    expect(await again()).toMatchObject({ reason: 'already_used' })
    expect(server.requests).toHaveLength(2)
  })

  test('by no answer for a minute, the program gets a timeout and the store no tokens', async () => {
    let isGivenUp = false
    const givingUp: typeof fetch = (input, init) => {
      init?.signal?.addEventListener('abort', () => {
        isGivenUp = true
      })
      return fetch(input, init)
    }
    const { credential, signIn, clock, server } = await begun(() => undefined, { fetch: givingUp })
    const error = errorOf(credential.completeSignIn(callbackOf(signIn), signIn))
    while (server.requests.length === 0) await clock.advance(0)
    await clock.advance(60_000)
    expect(await error).toMatchObject({ code: 'timeout', vendor: 'acme' })
    expect(isGivenUp).toBe(true)
    expect(await credential.status()).toEqual({ state: 'signed-out' })
  })
})
