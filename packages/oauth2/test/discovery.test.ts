import type { IncomingMessage, ServerResponse } from 'node:http'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { authorizationCode, clientCredentials, deviceCode } from '../src/index.ts'
import { complete } from './helpers/grants.ts'
import { CODE, callbackOf, errorOf, REDIRECT_URI } from './helpers/sign-in.ts'
import { sendAnswer, startTokenServer } from './helpers/token-server.ts'

const OAUTH = '/.well-known/oauth-authorization-server'
const OPENID = '/.well-known/openid-configuration'

/** The longest pause between quick retries of a token. */
const QUICK_RETRY_MS = 1000
const HOUR_MS = 3_600_000

const DEVICE_ANSWER = {
  device_code: 'device-code',
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://login.example.com/device',
  expires_in: 900,
}

type Documents = (origin: string) => Readonly<Record<string, object | string | number>>

/** An issuer whose documents are at these paths: JSON, a text, or a status. */
async function startIssuer(documents: Documents) {
  const server = await startTokenServer((request: IncomingMessage, response: ServerResponse) => {
    const answer = documents(`http://${request.headers.host}`)[request.url ?? '']
    if (request.method === 'POST') response.end(JSON.stringify({ access_token: 'token', expires_in: 3600 }))
    else if (typeof answer === 'number') response.writeHead(answer, { location: '/elsewhere' }).end()
    else if (answer === undefined) response.writeHead(404).end('nothing here')
    else response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const clock = virtualClock()
  const options = { ...complete({ clock }), issuer: server.origin }
  const paths = () => server.requests.map(({ method, url }) => `${method} ${url}`)
  return { server, clock, options, credential: clientCredentials(options), paths }
}

const metadata = (issuer: string) => ({
  issuer,
  token_endpoint: `${issuer}/token`,
  authorization_endpoint: `${issuer}/authorize`,
})

describe('an issuer', () => {
  test('is asked for its endpoints by RFC 8414, once for any number of tokens', async () => {
    const { credential, paths } = await startIssuer((origin) => ({ [OAUTH]: metadata(origin) }))
    expect(paths()).toEqual([])
    await Promise.all([credential.getToken(), credential.getToken()])
    await credential.renew(await credential.authorization())
    expect(paths()).toEqual([`GET ${OAUTH}`, 'POST /token', 'POST /token'])
  })

  test('may name endpoints on plain http on the hosts that are listed, and on no other', async () => {
    const tokenEndpoints = [
      (origin: string) => `${origin}/token`,
      (origin: string) => `${origin.replace('127.0.0.1', 'localhost')}/token`,
    ]
    const outcomes = tokenEndpoints.map(async (tokenEndpoint) => {
      const { options, server } = await startIssuer((origin) => ({
        [OAUTH]: { ...metadata(origin), token_endpoint: tokenEndpoint(origin) },
      }))
      const listed = clientCredentials({ ...options, allowInsecureRequests: [new URL(server.origin).host] })
      return listed.getToken().then(
        ({ accessToken }) => accessToken,
        ({ code }) => code,
      )
    })
    expect(await Promise.all(outcomes)).toEqual(['token', 'client_rejected'])
  })

  test('is asked by OpenID Connect where it has no such document', async () => {
    for (const missing of [{}, { [OAUTH]: '<html>' }, { [OAUTH]: {} }, { [OAUTH]: [] }]) {
      const { credential, paths } = await startIssuer((origin) => ({ ...missing, [OPENID]: metadata(origin) }))
      await credential.getToken()
      expect(paths()).toEqual([`GET ${OAUTH}`, `GET ${OPENID}`, 'POST /token'])
    }
  })

  test('with a path has its documents where the standards say', async () => {
    const { options, paths } = await startIssuer((origin) => ({
      [`/north${OPENID}`]: metadata(`${origin}/north`),
    }))
    await clientCredentials({ ...options, issuer: `${options.issuer}/north` }).getToken()
    expect(paths()).toEqual([`GET ${OAUTH}/north`, `GET /north${OPENID}`, 'POST /north/token'])
  })

  test('is asked below the program’s own fetch, with the fetch that it gives for tokens', async () => {
    const { options, server } = await startIssuer((origin) => ({ [OAUTH]: metadata(origin) }))
    const asked: string[] = []
    const inner: typeof fetch = (input, init) => {
      asked.push(new Request(input).url)
      return fetch(input, init)
    }
    const outer = Object.assign(() => Promise.reject(new Error('the outer fetch')), {
      [Symbol.for('valetkey.fetch')]: inner,
    })
    await clientCredentials({ ...options, fetch: outer }).getToken()
    expect(asked).toEqual([server.origin + OAUTH, `${server.origin}/token`])
  })

  test('that cannot be asked is an outage, and asked again', async () => {
    let isDown = true
    const { credential, clock, paths } = await startIssuer((origin) => ({ [OAUTH]: isDown ? 503 : metadata(origin) }))
    const error = await errorOf(clock.runUntil(credential.getToken(), QUICK_RETRY_MS))
    expect(error).toMatchObject({ code: 'token_unavailable', isRetryable: true })
    expect(new Set(paths())).toEqual(new Set([`GET ${OAUTH}`]))
    isDown = false
    await clock.advance(HOUR_MS)
    expect((await credential.getToken()).accessToken).toBe('token')
  })

  test('is asked once for all who wait, and one who gives up takes the answer from nobody', async () => {
    let onAsked: (answer: ServerResponse) => void
    const asked = new Promise<ServerResponse>((resolve) => {
      onAsked = resolve
    })
    const server = await startTokenServer(({ method }, response) => {
      if (method === 'GET') onAsked(response)
      else sendAnswer(response, { body: DEVICE_ANSWER })
    })
    onTestFinished(() => server[Symbol.asyncDispose]())
    const { origin } = server
    const credential = deviceCode({ ...complete({ clock: virtualClock() }), issuer: origin })
    const hasty = new AbortController()
    const given = credential.beginSignIn({ signal: hasty.signal })
    const patient = credential.beginSignIn()
    const answer = await asked
    hasty.abort()
    await expect(given).rejects.toBe(hasty.signal.reason)
    answer.end(JSON.stringify({ ...metadata(origin), device_authorization_endpoint: `${origin}/device` }))
    expect((await patient).userCode).toBe('WDJB-MJHT')
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST'])
    await credential.close()
  })

  test('without any document is an outage that says so', async () => {
    const { options } = await startIssuer(() => ({}))
    const credential = authorizationCode({ ...options, redirectUri: REDIRECT_URI })
    const error = await errorOf(credential.beginSignIn())
    expect(error).toMatchObject({ code: 'token_unavailable' })
    expect(error.message).toContain('the issuer has no discovery document')
  })
})

describe('a discovery document', () => {
  test.each([
    ['of another issuer', (origin: string) => ({ ...metadata(origin), issuer: 'https://evil.example' })],
    ['of an issuer with a path', (origin: string) => ({ ...metadata(origin), issuer: `${origin}/other` })],
    ['whose issuer is no URL', (origin: string) => ({ ...metadata(origin), issuer: 'acme' })],
    [
      'with a token endpoint on plain http',
      (origin: string) => ({
        ...metadata(origin),
        token_endpoint: 'http://login.example.com/token',
      }),
    ],
    ['with a token endpoint that is no URL', (origin: string) => ({ ...metadata(origin), token_endpoint: '/token' })],
    [
      'with a password in the token endpoint',
      (origin: string) => ({
        ...metadata(origin),
        token_endpoint: 'https://user:canary@login.example.com/token',
      }),
    ],
    ['without a token endpoint', (origin: string) => ({ issuer: origin })],
  ])('%s is refused, and no secret is sent (S19)', async (_, document) => {
    const { credential, paths } = await startIssuer((origin) => ({ [OAUTH]: document(origin) }))
    const error = await errorOf(credential.getToken())
    expect(error).toMatchObject({ code: 'client_rejected', isRetryable: false })
    expect(error.message).not.toContain('canary')
    expect(paths()).toEqual([`GET ${OAUTH}`])
  })

  test.each([301, 302, 307, 308])('behind a redirect (%d) is not read (S19)', async (status) => {
    const { options, paths } = await startIssuer((origin) => ({ [OAUTH]: status, '/elsewhere': metadata(origin) }))
    const credential = authorizationCode({ ...options, redirectUri: REDIRECT_URI })
    expect(await errorOf(credential.beginSignIn())).toMatchObject({ code: 'token_unavailable' })
    expect(paths()).toEqual([`GET ${OAUTH}`])
  })

  test('above 1 MiB is not read to its end', async () => {
    const { options } = await startIssuer((origin) => ({ [OAUTH]: { ...metadata(origin), x: 'x'.repeat(1_100_000) } }))
    const credential = authorizationCode({ ...options, redirectUri: REDIRECT_URI })
    expect((await errorOf(credential.beginSignIn())).message).toContain('larger than 1 MiB')
  })

  test('gives way to what is given by hand', async () => {
    const { options, server, paths } = await startIssuer((origin) => ({ [OAUTH]: metadata(origin) }))
    await clientCredentials({ ...options, tokenUrl: `${server.origin}/by-hand` }).getToken()
    expect(paths()).toEqual(['POST /by-hand'])
  })
})

describe('a sign-in at an issuer', () => {
  async function begun(more: object = {}) {
    const issuer = await startIssuer((origin) => ({ [OAUTH]: { ...metadata(origin), ...more } }))
    const credential = authorizationCode({ ...issuer.options, redirectUri: REDIRECT_URI })
    return { ...issuer, credential, ...(await credential.beginSignIn()) }
  }

  test('finds the page and the token endpoint, and remembers whose they are', async () => {
    const { credential, url, signIn, server, paths } = await begun()
    expect(`${url.origin}${url.pathname}`).toBe(`${server.origin}/authorize`)
    expect(signIn.issuer).toBe(server.origin)
    await credential.completeSignIn(callbackOf(signIn), signIn)
    expect((await credential.getToken()).accessToken).toBe('token')
    expect(paths()).toEqual([`GET ${OAUTH}`, 'POST /token'])
  })

  test('must come back with the issuer where that is promised (S11)', async () => {
    const { credential, signIn, server } = await begun({ authorization_response_iss_parameter_supported: true })
    const error = await errorOf(credential.completeSignIn(callbackOf(signIn), signIn))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'issuer_mismatch' })
    await credential.completeSignIn(callbackOf(signIn, { code: CODE, iss: server.origin }), signIn)
    expect(await credential.status()).toMatchObject({ state: 'ready' })
  })

  test('takes the issuer as the document writes it, with or without a slash at the end', async () => {
    const issuer = await startIssuer((origin) => ({ [OAUTH]: { ...metadata(origin), issuer: `${origin}/` } }))
    const credential = authorizationCode({ ...issuer.options, redirectUri: REDIRECT_URI })
    const { signIn } = await credential.beginSignIn()
    await credential.completeSignIn(callbackOf(signIn, { code: CODE, iss: `${issuer.server.origin}/` }), signIn)
    expect(await credential.status()).toMatchObject({ state: 'ready' })
  })
})

describe('the options of endpoints', () => {
  test('name where people sign in, by hand or by issuer', () => {
    const withoutPage = { ...complete({ tokenUrl: 'https://login.example.com/token' }), redirectUri: REDIRECT_URI }
    const named = (option: string) => expect.objectContaining({ code: 'invalid_option', option })
    expect(() => authorizationCode(withoutPage)).toThrow(named('authorizationUrl'))
    expect(() => authorizationCode({ ...withoutPage, issuer: 'login.example.com' })).toThrow(named('issuer'))
    expect(() => authorizationCode({ ...withoutPage, issuer: 'https://login.example.com' })).not.toThrow()
  })

  test.each(['tokenUrl', 'authorizationUrl', 'issuer', 'revocationUrl', 'deviceAuthorizationUrl'])(
    'must be https: "%s"',
    (name) => {
      const options = { ...complete({ tokenUrl: 'https://login.example.com/token' }), redirectUri: REDIRECT_URI }
      const urls = { authorizationUrl: 'https://login.example.com/authorize', [name]: 'http://login.example.com' }
      expect(() => authorizationCode({ ...options, ...urls })).toThrow(
        expect.objectContaining({ code: 'insecure_url' }),
      )
    },
  )

  test.each([
    ['https://boats.example.com/callback', undefined],
    ['http://127.0.0.1:53682/callback', undefined],
    ['http://localhost:3000/callback', undefined],
    ['com.example.boats:/callback', undefined],
    ['/callback', 'invalid_option'],
    ['https://boats.example.com/callback#here', 'invalid_option'],
    ['http://boats.example.com/callback', 'insecure_url'],
  ])('take %s for a redirect URI: %s', (redirectUri, problem) => {
    const options = complete({ tokenUrl: 'https://login.example.com/token' })
    const authorizationUrl = 'https://login.example.com/authorize'
    const make = () => authorizationCode({ ...options, allowInsecureRequests: false, authorizationUrl, redirectUri })
    if (problem === undefined) expect(make().carries.headers).toEqual(['authorization'])
    else expect(make).toThrow(expect.objectContaining({ code: problem }))
  })
})
