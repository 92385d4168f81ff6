import { findLeaks } from '@valetkey/testing'
import { generateKeyPair } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AuthorizationCodeOptions } from '../src/index.ts'
import { authorizationCode } from '../src/index.ts'
import { CLIENT_SECRET, complete } from './helpers/grants.ts'
import { AUTHORIZATION_URL, errorOf, REDIRECT_URI, startSignInWorld } from './helpers/sign-in.ts'
import type { PlannedAnswer } from './helpers/token-server.ts'
import { startTokenServer } from './helpers/token-server.ts'

const REQUEST_URI = 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c'
const ACCEPTED: PlannedAnswer = { status: 201, body: { request_uri: REQUEST_URI, expires_in: 60 } }
const BOATS = 'https://api.example.com/boats'
const PORTS = 'https://api.example.com/ports'

async function startWorld(options: Partial<AuthorizationCodeOptions> = {}, answer: PlannedAnswer = ACCEPTED) {
  const server = await startTokenServer(answer)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const pushedAuthorizationRequestUrl = `${server.origin}/push`
  const urls = { tokenUrl: server.tokenUrl, authorizationUrl: AUTHORIZATION_URL, pushedAuthorizationRequestUrl }
  const credential = authorizationCode({ ...complete(urls), redirectUri: REDIRECT_URI, ...options })
  return { server, credential }
}

describe('a pushed authorization request (RFC 9126)', () => {
  test('goes to the vendor as the client; the user’s URL holds a reference only', async () => {
    const { server, credential } = await startWorld({ scopes: ['read'], resource: [BOATS, PORTS] })
    const { url, signIn } = await credential.beginSignIn({ extra: { prompt: 'consent' } })
    expect(url.href).toBe(
      `${AUTHORIZATION_URL}?${new URLSearchParams({ client_id: 'boat-app', request_uri: REQUEST_URI })}`,
    )
    const [pushed] = server.requests
    expect(pushed?.url).toBe('/push')
    expect(pushed?.headers.authorization).toBe(`Basic ${btoa(`boat-app:${CLIENT_SECRET}`)}`)
    const form = new URLSearchParams(pushed?.body)
    expect(form.getAll('resource')).toEqual([BOATS, PORTS])
    expect(Object.fromEntries(form)).toMatchObject({
      response_type: 'code',
      client_id: 'boat-app',
      redirect_uri: REDIRECT_URI,
      scope: 'read',
      prompt: 'consent',
      state: signIn.state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(pushed?.body).not.toContain(signIn.codeVerifier)
  })

  test('is signed with the key of the client', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const { server, credential } = await startWorld({ clientSecret: undefined, clientKey: privateKey })
    await credential.beginSignIn()
    expect(new URLSearchParams(server.requests[0]?.body).get('client_assertion')).toMatch(/^ey/)
  })

  test.each([
    [true, ['/.well-known/oauth-authorization-server', '/discovered/push']],
    [false, ['/.well-known/oauth-authorization-server']],
  ])('is made where the issuer requires it (%s), not where it only offers it', async (required, paths) => {
    await using server = await startTokenServer((request, response) => {
      const { origin } = server
      const document = {
        issuer: origin,
        token_endpoint: server.tokenUrl,
        authorization_endpoint: AUTHORIZATION_URL,
        pushed_authorization_request_endpoint: `${origin}/discovered/push`,
        require_pushed_authorization_requests: required,
      }
      response.end(JSON.stringify(request.method === 'GET' ? document : ACCEPTED.body))
    })
    const options = { ...complete({ tokenUrl: server.tokenUrl }), tokenUrl: undefined, issuer: server.origin }
    const { url } = await authorizationCode({ ...options, redirectUri: REDIRECT_URI }).beginSignIn()
    expect(url.searchParams.has('request_uri')).toBe(required)
    expect(server.requests.map(({ url: path }) => path)).toEqual(paths)
  })

  test.each<[string, PlannedAnswer, object]>([
    [
      'refuses the client',
      { status: 401, body: { error: 'invalid_client' } },
      { code: 'client_rejected', oauthError: 'invalid_client' },
    ],
    [
      'refuses the request',
      { status: 400, body: { error: 'invalid_request', error_description: 'No such redirect URI.' } },
      { code: 'client_rejected', description: 'No such redirect URI.' },
    ],
    ['is down', { status: 503 }, { code: 'token_unavailable' }],
    ['answers with a page', { body: '<html>' }, { code: 'token_unavailable' }],
    ['answers without a reference', { status: 201, body: { expires_in: 60 } }, { code: 'token_unavailable' }],
  ])('whose vendor %s is a typed error', async (_what, answer, expected) => {
    const { credential } = await startWorld({}, answer)
    const error = await errorOf(credential.beginSignIn())
    expect(error).toMatchObject(expected)
    expect(findLeaks(error, [CLIENT_SECRET])).toEqual([])
  })
})

describe('the APIs that a person’s token is for (RFC 8707)', () => {
  test('are named in the user’s URL, one parameter for each', async () => {
    const { credential } = await startSignInWorld({}, { resource: [BOATS, PORTS] })
    const { url } = await credential.beginSignIn()
    expect(url.searchParams.getAll('resource')).toEqual([BOATS, PORTS])
  })
})
