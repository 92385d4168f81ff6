import type { TokenCredential } from '@valetkey/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { OAuthOptions } from '../src/index.ts'
import { authorizationCode, clientCredentials, createTokenIntrospector, deviceCode, password } from '../src/index.ts'
import { complete, PASSWORD } from './helpers/grants.ts'
import { AUTHORIZATION_URL, REDIRECT_URI } from './helpers/sign-in.ts'
import { sendAnswer, startTokenServer } from './helpers/token-server.ts'

/** Keeps the first answer of each URL, unless told not to: service workers and proxies do, and Next.js where the body is the same. */
function cachingFetch(): typeof fetch {
  const kept = new Map<string, Promise<{ body: string; init: ResponseInit }>>()
  const load = async (...request: Parameters<typeof fetch>) => {
    const { status, headers, ...response } = await fetch(...request).then(async (answer) => ({
      status: answer.status,
      headers: [...answer.headers],
      body: await answer.text(),
    }))
    return { body: response.body, init: { status, headers } }
  }
  return async (input, init) => {
    if (init?.cache === 'no-store') return fetch(input, init)
    const key = new Request(input).url
    const loading = kept.get(key) ?? load(input, init)
    kept.set(key, loading)
    const answer = await loading
    return new Response(answer.body, answer.init)
  }
}

/** An authorization server that counts its answers, each of which is another. */
async function startServer() {
  const server = await startTokenServer((request, response) => {
    const count = server.requests.length
    const tokens = { access_token: `token-${count}`, refresh_token: `refresh-${count}`, expires_in: 3600 }
    const device = { device_code: 'code', user_code: 'WDJB', verification_uri: 'https://login.example.com/device' }
    const bodies: Readonly<Record<string, object>> = {
      '/oauth/token': tokens,
      '/device': { ...device, expires_in: count },
      '/introspect': { active: true, sub: `user-${count}` },
      '/push': { request_uri: `urn:${count}`, expires_in: 60 },
      '/revoke': {},
      '/.well-known/oauth-authorization-server': { issuer: server.origin, token_endpoint: server.tokenUrl },
    }
    const body = bodies[request.url ?? '']
    sendAnswer(response, body ? { body } : { status: 404 })
  })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const paths = () => server.requests.map(({ url }) => url)
  const options = (changes: Partial<OAuthOptions> = {}): OAuthOptions =>
    complete({ tokenUrl: server.tokenUrl, fetch: cachingFetch(), ...changes })
  return { server, paths, options }
}

/** The next token after the API has refused the one in hand. */
async function renewed(credential: TokenCredential): Promise<string | undefined> {
  const next = await credential.renew(await credential.authorization())
  return next?.headers.authorization
}

describe('a fetch that keeps answers is asked anew', () => {
  test('for the token of a program that was revoked', async () => {
    const { options } = await startServer()
    expect(await renewed(clientCredentials(options()))).toBe('Bearer token-2')
  })

  test('for new tokens by a refresh token', async () => {
    const { options, server } = await startServer()
    const credential = password({ ...options(), username: 'skipper', password: PASSWORD })
    expect(await renewed(credential)).toBe('Bearer token-2')
    expect(server.requests.at(-1)?.body).toContain('grant_type=refresh_token')
  })

  test('about a token', async () => {
    const { options, server } = await startServer()
    const introspect = createTokenIntrospector({ ...options(), introspectionUrl: `${server.origin}/introspect` })
    expect([(await introspect('text')).sub, (await introspect('text')).sub]).toEqual(['user-1', 'user-2'])
  })

  test('for each device sign-in', async () => {
    const { options, server, paths } = await startServer()
    const credential = deviceCode(options({ deviceAuthorizationUrl: `${server.origin}/device` }))
    const signIns = [await credential.beginSignIn(), await credential.beginSignIn()]
    await credential.close()
    await Promise.allSettled(signIns.map(({ done }) => done))
    expect(paths()).toEqual(['/device', '/device'])
  })

  test('for each pushed sign-in', async () => {
    const { options, server } = await startServer()
    const pushedAuthorizationRequestUrl = `${server.origin}/push`
    const urls = { authorizationUrl: AUTHORIZATION_URL, pushedAuthorizationRequestUrl }
    const credential = authorizationCode({ ...options(urls), redirectUri: REDIRECT_URI })
    const uris = [await credential.beginSignIn(), await credential.beginSignIn()]
    expect(uris.map(({ url }) => url.searchParams.get('request_uri'))).toEqual(['urn:1', 'urn:2'])
  })

  test('to end a token', async () => {
    const { options, server, paths } = await startServer()
    const credential = clientCredentials(options({ revocationUrl: `${server.origin}/revoke` }))
    for (let times = 0; times < 2; times += 1) {
      await credential.getToken()
      expect(await credential.signOut()).toEqual({ revoked: true })
    }
    expect(paths()).toEqual(['/oauth/token', '/revoke', '/oauth/token', '/revoke'])
  })

  test('for the discovery document, by each credential', async () => {
    const { options, server, paths } = await startServer()
    const shared = options({ tokenUrl: undefined, issuer: server.origin })
    await clientCredentials(shared).getToken()
    await clientCredentials({ ...shared, scopes: ['read'] }).getToken()
    expect(paths().filter((path) => path.startsWith('/.well-known'))).toHaveLength(2)
  })
})

test('where the platform refuses to be told (Workers of old compatibility dates), token requests go out without it', async () => {
  const { options } = await startServer()
  const refuse = ([, init]: readonly unknown[]): void => {
    if (typeof init !== 'object' || init === null || !('cache' in init)) return
    throw new TypeError("The 'cache' field on 'RequestInitializerDict' is not implemented.")
  }
  const construct = (target: typeof Request, request: ConstructorParameters<typeof Request>) => {
    refuse(request)
    return new target(...request)
  }
  vi.stubGlobal('Request', new Proxy(Request, { construct }))
  const workerFetch: typeof fetch = async (...request) => {
    refuse(request)
    return fetch(...request)
  }
  expect(await renewed(clientCredentials(options({ fetch: workerFetch })))).toBe('Bearer token-2')
})
