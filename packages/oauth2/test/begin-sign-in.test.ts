import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { AuthorizationCodeOptions } from '../src/index.ts'
import { AUTHORIZATION_URL, errorOf, REDIRECT_URI, startSignInWorld } from './helpers/sign-in.ts'

async function begin(options: Partial<AuthorizationCodeOptions> = {}) {
  const world = await startSignInWorld({}, options)
  return { ...world, ...(await world.credential.beginSignIn()) }
}

describe('the URL that a person is sent to', () => {
  test('asks for a code for this client, redirect URI and scopes, with PKCE S256 and a state', async () => {
    const { url, signIn } = await begin({ scopes: ['read', 'write'] })
    const challenge = createHash('sha256').update(signIn.codeVerifier).digest('base64url')
    expect(`${url.origin}${url.pathname}`).toBe(AUTHORIZATION_URL)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'boat-app',
      redirect_uri: REDIRECT_URI,
      scope: 'read write',
      state: signIn.state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
  })

  test('has the redirect URI as it is registered, letter by letter', async () => {
    const redirectUri = 'HTTPS://Boats.example.com:443/a/../callback?from=vendor'
    const { url, signIn } = await begin({ redirectUri })
    expect([url.searchParams.get('redirect_uri'), signIn.redirectUri]).toEqual([redirectUri, redirectUri])
  })

  test('keeps the query of the authorization URL, which cannot replace what is ours', async () => {
    const { url } = await begin({ authorizationUrl: `${AUTHORIZATION_URL}?tenant=north&state=fixed` })
    expect(url.searchParams.get('tenant')).toBe('north')
    expect(url.searchParams.getAll('state')).not.toContain('fixed')
    expect(url.searchParams.getAll('state')).toHaveLength(1)
  })

  test('asks for no scope where there is none, or where the vendor knows none', async () => {
    expect((await begin()).url.searchParams.has('scope')).toBe(false)
    expect((await begin({ scopes: ['read'], scopeFormat: 'omit' })).url.searchParams.has('scope')).toBe(false)
  })

  test('takes other scopes and further parameters for one sign-in', async () => {
    const { credential } = await begin({ scopes: ['read'] })
    const { url, signIn } = await credential.beginSignIn({ scopes: ['write'], extra: { prompt: 'consent' } })
    expect([url.searchParams.get('scope'), url.searchParams.get('prompt')]).toEqual(['write', 'consent'])
    expect(signIn.scopes).toEqual(['write'])
  })
})

describe('what is kept until the person comes back', () => {
  test('is plain JSON, good for ten minutes', async () => {
    const { signIn, clock } = await begin()
    expect(JSON.parse(JSON.stringify(signIn))).toEqual(signIn)
    expect(signIn.expiresAt).toBe(clock.now() + 600_000)
  })

  test('is another state and verifier each time, of 256 bits each (S9, S10)', async () => {
    const { credential } = await begin()
    const begun = await Promise.all(Array.from({ length: 50 }, () => credential.beginSignIn()))
    const texts = begun.flatMap(({ signIn }) => [signIn.state, signIn.codeVerifier])
    expect(new Set(texts).size).toBe(100)
    for (const text of texts) expect(text).toMatch(/^[\w-]{43}$/)
  })

  test('costs no request where the endpoints are given', async () => {
    expect((await begin()).server.requests).toEqual([])
  })
})

describe('a parameter of the program', () => {
  test.each([
    'response_type',
    'response_mode',
    'client_id',
    'client_secret',
    'redirect_uri',
    'scope',
    'state',
    'code_challenge',
    'code_challenge_method',
    'code_verifier',
    'request',
    'request_uri',
  ])('must not be "%s", which is ours', async (name) => {
    const { credential } = await begin()
    const error = await errorOf(credential.beginSignIn({ extra: { [name]: 'canary' } }))
    expect(error).toMatchObject({ code: 'invalid_option', option: 'extra' })
    expect(error.message).toBe(`[@valetkey/oauth2] "extra" must not hold "${name}"`)
  })

  test('must be a text, and scopes must be a list of texts', async () => {
    const { credential } = await begin()
    const wrong = [{ extra: { max_age: 60 } }, { scopes: 'read' }, { scopes: ['read write'] }]
    const errors = await Promise.all(
      wrong.map((options) => errorOf(Promise.resolve(Reflect.apply(credential.beginSignIn, undefined, [options])))),
    )
    expect(errors).toMatchObject(['extra', 'scopes', 'scopes'].map((option) => ({ code: 'invalid_option', option })))
  })
})
