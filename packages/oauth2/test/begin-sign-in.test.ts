import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { AuthorizationCodeOptions, SignInCredential } from '../src/index.ts'
import { authorizationCode } from '../src/index.ts'
import { complete } from './helpers/grants.ts'
import { AUTHORIZATION_URL, errorOf, REDIRECT_URI, startSignInWorld } from './helpers/sign-in.ts'

async function begin(options: Partial<AuthorizationCodeOptions> = {}) {
  const world = await startSignInWorld({}, options)
  return { ...world, ...(await world.credential.beginSignIn()) }
}

describe('the URL that a person is sent to', () => {
  test('asks for a code for this client, redirect URI and scopes, with PKCE S256 and a state', async () => {
    const { url, signIn } = await begin({ scopes: ['read', 'write'] })
    const challenge = createHash('sha256')
      .update(signIn.codeVerifier ?? '')
      .digest('base64url')
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

  test.each(['Example_Boats-ExampleB-boatap-ktqzvx', 'postmessage', 'urn:ietf:wg:oauth:2.0:oob', 'urn:x-boats:a/b'])(
    'has the name %s that the vendor has registered in place of a redirect URI',
    async (redirectUri) => {
      const { url, signIn } = await begin({ redirectUri })
      expect([url.searchParams.get('redirect_uri'), signIn.redirectUri]).toEqual([redirectUri, redirectUri])
    },
  )

  test('has no PKCE parameters for a vendor that refuses them, and nothing is kept for them', async () => {
    const { url, signIn } = await begin({ pkce: false })
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'boat-app',
      redirect_uri: REDIRECT_URI,
      state: signIn.state,
    })
    expect(Object.keys(signIn).sort()).toEqual(['credential', 'expiresAt', 'redirectUri', 'state'])
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
    expect(error.message).toBe(`[acme] "extra" must not hold "${name}"`)
  })

  test('must be a text, and scopes must be a list of texts', async () => {
    const { credential } = await begin()
    const wrong = [{ extra: { max_age: 60 } }, { scopes: 'read' }, { scopes: ['read write'] }]
    const errors = await Promise.all(
      wrong.map((options) => errorOf(Promise.resolve(Reflect.apply(credential.beginSignIn, credential, [options])))),
    )
    expect(errors).toMatchObject(['extra', 'scopes', 'scopes'].map((option) => ({ code: 'invalid_option', option })))
  })
})

function make(changes: object): () => unknown {
  const urls = { tokenUrl: 'https://login.example.com/token', authorizationUrl: AUTHORIZATION_URL }
  return () =>
    Reflect.apply(authorizationCode, undefined, [{ ...complete(urls), redirectUri: REDIRECT_URI, ...changes }])
}

describe('a redirect URI', () => {
  test.each([
    'boats.example.com/callback',
    'boats.example.com:8443/callback',
    'localhost:3000',
    '/callback',
    './callback',
    'callback?from=vendor',
    '//boats.example.com/callback',
    '\\\\boats\\callback',
    'https:boats.example.com/callback',
    'https:/boats.example.com/callback',
    'https//boats.example.com/callback',
    'https://',
    'htp://boats.example.com/callback',
    'htp:/boats.example.com/callback',
    'htttps://boats.example.com/callback',
    'httpss://boats.example.com/callback',
    'ttps://boats.example.com/callback',
    ':oob',
  ])('is neither a URL nor a name when it is %s', (redirectUri) => {
    const problem = 'must be an absolute URL such as "https://app.example.com/callback", or a name that is registered'
    expect(make({ redirectUri })).toThrow(
      expect.objectContaining({
        code: 'invalid_option',
        option: 'redirectUri',
        message: `[acme] "redirectUri" ${problem} at the vendor`,
      }),
    )
  })

  test.each([
    ' Example-RuName',
    'Example RuName',
    'Example-RuName\n',
    'Example\u0000RuName',
    'https://boats.example.com/the callback',
  ])('holds no spaces and no control characters: %j', (redirectUri) => {
    const message = '[acme] "redirectUri" must not hold spaces or control characters'
    expect(make({ redirectUri })).toThrow(expect.objectContaining({ code: 'invalid_option', message }))
  })

  test.each(['https', 'http'])('holds no user name or password: %s', (scheme) => {
    const redirectUri = `${scheme}://canary@homeassistant.local/callback`
    const message = '[acme] "redirectUri" must not hold a user name or password'
    for (const allowInsecureRequests of [true, ['homeassistant.local']])
      expect(make({ redirectUri, allowInsecureRequests })).toThrow(
        expect.objectContaining({ code: 'invalid_option', message }),
      )
  })

  test.each([
    ['http://homeassistant.local:8123/auth/callback', 'homeassistant.local:8123'],
    ['http://homeassistant.local:8123/auth/callback', 'HomeAssistant.local:8123'],
    ['http://192.168.1.20/callback', '192.168.1.20'],
    ['http://[fd00::20]:8123/callback', '[fd00::20]:8123'],
  ])('%s is plain http on a host of the home, if %s is permitted by name', async (redirectUri, host) => {
    const refused = expect.objectContaining({ code: 'insecure_url' })
    for (const allowInsecureRequests of [
      undefined,
      true,
      ['other.local:8123'],
      ['homeassistant.local:81', '192.168.1.2'],
    ])
      expect(make({ redirectUri, allowInsecureRequests })).toThrow(refused)
    const credential = make({ redirectUri, allowInsecureRequests: ['other.local', host] })() as SignInCredential
    const { url, signIn } = await credential.beginSignIn()
    expect([url.searchParams.get('redirect_uri'), signIn.redirectUri]).toEqual([redirectUri, redirectUri])
  })

  test('on a loopback host needs no permission, and a list takes none away', () => {
    for (const allowInsecureRequests of [undefined, false, true, ['homeassistant.local']])
      expect(make({ redirectUri: 'http://127.0.0.1:53682/callback', allowInsecureRequests })).not.toThrow()
  })
})

describe('PKCE', () => {
  test.each([
    ['a client without a secret', { clientSecret: undefined }],
    ['a public client by declaration', { clientAuthentication: 'none', clientSecret: undefined }],
  ])('must not be left out by %s', (_, changes) => {
    const message = '[acme] "pkce" must not be false for a client without a secret'
    expect(make({ ...changes, pkce: false })).toThrow(
      expect.objectContaining({ code: 'invalid_option', option: 'pkce', message }),
    )
    expect(make({ ...changes, pkce: true })).not.toThrow()
  })

  test('must not be left out by a client whose secret is empty', () => {
    const urls = { tokenUrl: 'https://login.example.com/token', authorizationUrl: AUTHORIZATION_URL }
    const { clientSecret: _, ...client } = complete(urls)
    const options = { ...client, redirectUri: REDIRECT_URI, clientAuthentication: 'client_secret_basic' } as const
    expect(() => authorizationCode({ ...options, pkce: false })).toThrow(expect.objectContaining({ option: 'pkce' }))
    expect(() => authorizationCode(options)).not.toThrow()
  })

  test.each([
    [null, 'null'],
    ['false', 'a string'],
    [0, 'a number'],
    ['S256', 'a string'],
  ])('is on or off, and not %j', (pkce, shape) => {
    const message = `[acme] "pkce" must be true or false, not ${shape}`
    expect(make({ pkce })).toThrow(expect.objectContaining({ code: 'invalid_option', option: 'pkce', message }))
  })

  test('that is off does not let the program send parameters of it', async () => {
    const { credential } = await begin({ pkce: false })
    for (const name of ['code_challenge', 'code_challenge_method', 'code_verifier'])
      expect(await errorOf(credential.beginSignIn({ extra: { [name]: 'canary' } }))).toMatchObject({ option: 'extra' })
  })
})
