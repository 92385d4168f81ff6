import { INNER_FETCH } from '@valetkey/core/kit'
import { describe, expect, test } from 'vitest'
import type { PendingSignIn } from '../src/index.ts'
import { ACCESS_TOKEN, CODE, callbackOf, errorOf, REDIRECT_URI, startSignInWorld, TOKENS } from './helpers/sign-in.ts'

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

  test('is exchanged without a verifier where there was no challenge (`pkce: false`)', async () => {
    const { credential, signIn, bodies } = await begun(undefined, { pkce: false })
    await credential.completeSignIn(callbackOf(signIn), JSON.parse(JSON.stringify(signIn)))
    expect(bodies()).toEqual([{ grant_type: 'authorization_code', code: CODE, redirect_uri: REDIRECT_URI }])
    expect((await credential.getToken()).accessToken).toBe(ACCESS_TOKEN)
  })

  test('is exchanged with the verifier of a sign-in that was begun with PKCE, off as it may be since', async () => {
    const { connect, signIn, bodies } = await begun()
    await connect({ pkce: false }).completeSignIn(callbackOf(signIn), signIn)
    expect(bodies()).toMatchObject([{ code_verifier: signIn.codeVerifier }])
  })

  test('is not exchanged without a verifier while PKCE is on', async () => {
    const { connect, signIn, server } = await begun(undefined, { pkce: false })
    const error = await errorOf(connect({ pkce: true }).completeSignIn(callbackOf(signIn), signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'no_sign_in' })
    expect(server.requests).toEqual([])
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
    ['a URL with a slash at its end', (url: URL) => `${url.origin}${url.pathname}/${url.search}`],
    ['its query, as behind a gateway that rewrites paths', (url: URL) => url.search],
    ['its host and query', (url: URL) => `${url.origin}${url.search}`],
  ])('may be told of by %s', async (_, formOf) => {
    const { credential, signIn } = await begun()
    await credential.completeSignIn(formOf(callbackOf(signIn)), signIn)
    expect(await credential.status()).toMatchObject({ state: 'ready' })
  })

  test.each([
    [`${REDIRECT_URI}/`, REDIRECT_URI],
    ['com.example.boats:/callback', 'com.example.boats:/callback'],
    ['com.example.boats:/callback', '/callback'],
    ['com.example.boats://callback', 'com.example.boats://callback'],
    ['https://boats.example.com', '/'],
  ])('may come back to %s by %s', async (redirectUri, place) => {
    const { credential, signIn, bodies } = await begun(undefined, { redirectUri })
    await credential.completeSignIn(`${place}${callbackOf(signIn).search}`, signIn)
    expect(bodies()).toMatchObject([{ redirect_uri: redirectUri }])
  })

  test.each(['Example_Boats-ExampleB-boatap-ktqzvx', 'postmessage', 'urn:ietf:wg:oauth:2.0:oob'])(
    'may come back anywhere where the vendor has the name %s for that, but with this state',
    async (redirectUri) => {
      const { credential, server, bodies } = await begun(undefined, { redirectUri })
      for (const place of ['https://app.example.com/ebay/callback', '/ebay/callback', '']) {
        const { signIn } = await credential.beginSignIn()
        const other = await credential.beginSignIn()
        const callback = `${place}${callbackOf(signIn).search}`
        expect(await errorOf(credential.completeSignIn(callback, other.signIn))).toMatchObject({
          reason: 'state_mismatch',
        })
        await credential.completeSignIn(callback, signIn)
      }
      expect(bodies().map(({ redirect_uri }) => redirect_uri)).toEqual([redirectUri, redirectUri, redirectUri])
      expect(server.requests).toHaveLength(3)
    },
  )

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
    expect(await credential.status()).toMatchObject({
      state: 'ready',
      renewable: false,
      expiresAt: clock.now() + HOUR_MS,
    })
    await clock.advance(HOUR_MS)
    const reason = 'no_refresh_token'
    expect(await credential.status()).toMatchObject({ state: 'reauthorization_required', reason })
    expect(await errorOf(credential.getToken())).toMatchObject({ code: 'reauthorization_required', reason })
    expect(server.requests).toHaveLength(1)
  })
})

describe('a second sign-in', () => {
  test('whose answer has no refresh token says so, and the refresh token of the first is not used', async () => {
    const answers = [TOKENS, { access_token: 'second-token', expires_in: 3600 }, TOKENS]
    const { credential, connect, signIn, clock, server } = await begun((_request, response) => {
      response.end(JSON.stringify(answers.shift() ?? {}))
    })
    const told: unknown[] = []
    credential.on('signed_in', ({ renewable }) => told.push(renewable))
    await credential.completeSignIn(callbackOf(signIn), signIn)
    const { signIn: second } = await credential.beginSignIn()
    await credential.completeSignIn(callbackOf(second), second)
    expect(told).toEqual([true, false])
    for (const each of [credential, connect()])
      expect(await each.status()).toMatchObject({ state: 'ready', renewable: false })
    await clock.advance(HOUR_MS)
    const expected = { code: 'reauthorization_required', reason: 'no_refresh_token' }
    for (const each of [credential, connect()]) expect(await errorOf(each.getToken())).toMatchObject(expected)
    expect(server.requests).toHaveLength(2)
    const { signIn: third } = await credential.beginSignIn({ extra: { prompt: 'consent' } })
    await credential.completeSignIn(callbackOf(third), third)
    expect(told).toEqual([true, false, true])
  })
})

describe('a callback', () => {
  const OTHER_STATE = 'another-state-of-256-bits-0123456789abcdefg'
  const PROBLEMS: Readonly<Record<string, string>> = {
    state_mismatch: 'the callback belongs to another sign-in; sign in again',
    redirect_mismatch: 'the callback did not come to the path of "redirectUri"',
    invalid_callback: 'the callback is not a URL',
    missing_code: 'the callback holds no code',
    access_denied: 'the vendor or the user refused the sign-in (access_denied)',
    refused: 'the vendor or the user refused the sign-in (refused)',
  }

  test.each<[string, string, (url: URL) => URL | string]>([
    ['of another sign-in', 'state_mismatch', (url) => withParameter(url, 'state', OTHER_STATE)],
    ['without a state', 'state_mismatch', (url) => withParameter(url, 'state')],
    ['with two states', 'state_mismatch', (url) => `${url}&state=${OTHER_STATE}`],
    ['with the same state twice', 'state_mismatch', (url) => `${url}&state=${url.searchParams.get('state')}`],
    ['without anything', 'state_mismatch', () => REDIRECT_URI],
    ['at another path', 'redirect_mismatch', (url) => url.href.replace('/callback?', '/other?')],
    ['at a path below', 'redirect_mismatch', (url) => url.href.replace('/callback?', '/callback/other?')],
    ['at the root of a host', 'redirect_mismatch', (url) => new URL(`/${url.search}`, url)],
    ['by its query, of another sign-in', 'state_mismatch', (url) => withParameter(url, 'state', OTHER_STATE).search],
    ['that is no URL', 'invalid_callback', () => 'https://'],
  ])('%s is refused, asks for nothing, and uses up nothing', async (_, reason, changed) => {
    const { credential, signIn, server } = await begun()
    const error = await errorOf(credential.completeSignIn(changed(callbackOf(signIn)), signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason, vendor: 'acme', isRetryable: false })
    expect(error.message).toBe(`acme: ${PROBLEMS[reason]}`)
    expect(server.requests).toEqual([])
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect((await credential.getToken()).accessToken).toBe(ACCESS_TOKEN)
  })

  test.each([
    ['code', '&code=another'],
    ['iss', '&iss=a&iss=b'],
    ['error_description', '&error_description=a&error_description=b'],
  ])('with two parameters "%s" is refused, asks for nothing, and uses up nothing', async (name, more) => {
    const { credential, signIn, server } = await begun()
    const error = await errorOf(credential.completeSignIn(`${callbackOf(signIn)}${more}`, signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'invalid_callback' })
    expect(error.message).toBe(`acme: the callback has more than one "${name}"`)
    expect(server.requests).toEqual([])
    await credential.completeSignIn(callbackOf(signIn), signIn)
  })

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['without a code', 'missing_code', {}],
    ['with an empty code', 'missing_code', { code: '' }],
    ['of a user who refused', 'access_denied', { error: 'access_denied' }],
    ['of a user who refused, in Microsoft’s word', 'access_denied', { error: 'authorization_declined' }],
    ['of a user who left the sign-in, in LinkedIn’s word', 'access_denied', { error: 'user_cancelled_login' }],
    ['of a user who refused, in LinkedIn’s word', 'access_denied', { error: 'user_cancelled_authorize' }],
    ['with an error and a code', 'access_denied', { error: 'access_denied', code: CODE }],
    ['with an error that is no code of an error', 'refused', { error: '<script>alert(1)</script>' }],
  ])('%s is refused, asks for nothing, and is over', async (_, reason, parameters) => {
    const { credential, signIn, server } = await begun()
    const error = await errorOf(credential.completeSignIn(callbackOf(signIn, parameters), signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason })
    const word = /^(?:authorization|user)_/.test(parameters.error ?? '') ? (parameters.error ?? '') : reason
    expect(error.message).toBe(`acme: ${PROBLEMS[reason]?.replace(`(${reason})`, `(${word})`)}`)
    expect(await errorOf(credential.completeSignIn(callbackOf(signIn), signIn))).toMatchObject({
      reason: 'already_used',
      message: 'acme: this sign-in has been completed already',
    })
    expect(server.requests).toEqual([])
    expect(await credential.status()).toEqual({ state: 'signed_out' })
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
    expect(error.message).toBe('acme: the sign-in took longer than ten minutes; sign in again')
    expect(server.requests).toEqual([])
  })

  test.each([
    ['another account’s', {}, 'ove'],
    ['another client’s', { clientId: 'other-app' }, 'ida'],
    ['another vendor’s', { vendor: 'other' }, 'ida'],
    ['another token endpoint’s', { tokenUrl: 'https://login.example.com/other' }, 'ida'],
    ['another customer’s', { tenant: 'other' }, 'ida'],
    ['another API’s', { resource: 'https://other.example.com' }, 'ida'],
    ['another redirect URI’s', { redirectUri: `${REDIRECT_URI}?from=other` }, 'ida'],
  ])('whose sign-in was begun by another credential, completed by %s, spends no code', async (_, changes, account) => {
    const { credential, connect, server } = await startSignInWorld()
    const { signIn } = await credential.for('ida').beginSignIn()
    const other = connect(changes).for(account)
    const error = await errorOf(other.completeSignIn(callbackOf(signIn), signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'other_credential', account })
    expect(error.message).toContain('was begun for another vendor, client, redirect URI or account; sign in again')
    expect(server.requests).toEqual([])
    await credential.for('ida').completeSignIn(callbackOf(signIn), signIn)
    expect(await credential.for('ida').status()).toMatchObject({ state: 'ready' })
  })

  test.each([undefined, null, {}, { state: '' }, 'a text', { state: 'a', codeVerifier: 'b', redirectUri: 'c' }])(
    'whose sign-in the session has lost (%j) is refused',
    async (lost) => {
      const { credential, signIn } = await begun()
      const work = Reflect.apply(credential.completeSignIn, credential, [callbackOf(signIn), lost])
      expect(await errorOf(Promise.resolve(work))).toMatchObject({ code: 'sign_in_failed', reason: 'no_sign_in' })
    },
  )

  test.each<[keyof PendingSignIn, readonly unknown[]]>([
    ['state', [undefined, '', 7]],
    ['codeVerifier', [undefined, '', 7]],
    ['redirectUri', [undefined, '', 7]],
    ['credential', [undefined, '', 7]],
    ['expiresAt', [undefined, '', '9999999999999']],
  ])('whose sign-in the session has without its "%s" is refused', async (name, values) => {
    const { credential, signIn, server } = await begun()
    for (const value of values) {
      const spoiled = { ...signIn, [name]: value }
      const work = Reflect.apply(credential.completeSignIn, credential, [callbackOf(signIn), spoiled])
      const error = await errorOf(Promise.resolve(work))
      expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'no_sign_in' })
      expect(error.message).toBe('acme: there is no sign-in that this callback could answer; sign in again')
    }
    expect(server.requests).toEqual([])
  })
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
    expect(error.message).toBe('acme: the callback comes from another issuer')
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
    const { credential, signIn, server } = await begun()
    const evil = callbackOf(signIn, { code: CODE, iss: 'https://evil.example' })
    expect(await errorOf(credential.completeSignIn(evil, signIn))).toMatchObject({ reason: 'issuer_mismatch' })
    await credential.completeSignIn(callbackOf(signIn, { code: CODE, iss: 'https://login.example.com/' }), signIn)
    expect(await credential.status()).toMatchObject({ state: 'ready' })
    const { signIn: second } = await credential.beginSignIn()
    await credential.completeSignIn(callbackOf(second, { code: CODE, iss: server.origin }), second)
  })

  test('is the one where the sign-in was begun', async () => {
    const { connect, signIn } = await begun(undefined, { issuer: ISSUER })
    const other = connect({ issuer: 'https://other.example' })
    const error = await errorOf(other.completeSignIn(callbackOf(signIn), signIn))
    expect(error).toMatchObject({ reason: 'issuer_mismatch' })
    expect(error.message).toBe('acme: the sign-in was begun at another issuer')
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
  ])('for %s the error and an event say so, and nobody is signed in', async (_, status, body, expected) => {
    const { credential, signIn } = await begun({ status, body })
    const told: unknown[] = []
    credential.on('*', (name, { account, ...detail }) =>
      told.push([name, account, 'reason' in detail && detail.reason]),
    )
    expect(await errorOf(credential.completeSignIn(callbackOf(signIn), signIn))).toMatchObject(expected)
    expect(told).toEqual([['sign_in_failed', 'default', 'reason' in expected ? expected.reason : expected.code]])
    expect(await credential.status()).toEqual({ state: 'signed_out' })
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
    expect(await credential.status()).toEqual({ state: 'signed_out' })
  })
})
