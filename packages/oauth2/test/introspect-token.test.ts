import { isCredentialError } from '@valetkey/core'
import { findLeaks, virtualClock } from '@valetkey/testing'
import { generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { IntrospectionOptions } from '../src/index.ts'
import { createTokenIntrospector } from '../src/index.ts'
import { CLIENT_SECRET } from './helpers/grants.ts'
import type { PlannedAnswer } from './helpers/token-server.ts'
import { startTokenServer } from './helpers/token-server.ts'

const TOKEN = 'canary-token-of-somebody'
const ABOUT = { active: true, scope: 'read write', client_id: 'boat-app', sub: 'skipper', exp: 1_800_000_000 }

function optionsFor(introspectionUrl: string): IntrospectionOptions {
  return {
    vendor: 'acme',
    clientId: 'boat-app',
    clientSecret: CLIENT_SECRET,
    introspectionUrl,
    allowInsecureRequests: true,
  }
}

async function ask(answer: PlannedAnswer, changes: Partial<IntrospectionOptions> = {}) {
  await using server = await startTokenServer(answer)
  const introspect = createTokenIntrospector({ ...optionsFor(`${server.origin}/introspect`), ...changes })
  const outcome = await introspect(TOKEN).catch((error: unknown) => error)
  return { outcome, requests: server.requests }
}

describe('asking about a token (RFC 7662)', () => {
  test('tells what the server says about it', async () => {
    const { outcome, requests } = await ask({ body: ABOUT })
    expect(outcome).toEqual(ABOUT)
    expect(requests).toHaveLength(1)
    expect(requests[0]?.url).toBe('/introspect')
    expect(requests[0]?.body).toBe(`token=${TOKEN}`)
    expect(requests[0]?.headers.authorization).toBe(`Basic ${btoa(`boat-app:${CLIENT_SECRET}`)}`)
  })

  test('tells nothing else about one that is not active', async () => {
    const { outcome } = await ask({ body: { active: false, sub: 'skipper' } })
    expect(outcome).toEqual({ active: false })
  })

  test('sends nothing for a text that cannot be a token', async () => {
    await using server = await startTokenServer({ body: ABOUT })
    expect(await createTokenIntrospector(optionsFor(server.tokenUrl))('')).toEqual({ active: false })
    expect(server.requests).toEqual([])
  })

  test('signs with the key of the client, for the issuer', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const { requests } = await ask({ body: ABOUT }, { clientSecret: undefined, clientKey: privateKey })
    const assertion = new URLSearchParams(requests[0]?.body).get('client_assertion') ?? ''
    const { payload } = await jwtVerify(assertion, publicKey)
    expect(payload.aud).toMatch(/\/introspect$/)
  })

  test('finds the endpoint by the issuer, once', async () => {
    await using server = await startTokenServer((request, response) => {
      const { origin } = server
      const document = { issuer: origin, introspection_endpoint: `${origin}/introspect` }
      response.end(JSON.stringify(request.method === 'GET' ? document : ABOUT))
    })
    const options = { ...optionsFor(server.tokenUrl), introspectionUrl: undefined, issuer: server.origin }
    const introspect = createTokenIntrospector(options)
    expect([await introspect(TOKEN), await introspect(TOKEN)]).toEqual([ABOUT, ABOUT])
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST'])
  })
})

describe('when the server does not tell', () => {
  test.each<[string, PlannedAnswer, object]>([
    [
      'it refuses the client',
      { status: 401, body: { error: 'invalid_client' } },
      { code: 'client_rejected', status: 401 },
    ],
    ['it is down', { status: 503, headers: { 'retry-after': '30' } }, { code: 'token_unavailable', status: 503 }],
    ['it answers with a page', { body: '<html>' }, { code: 'token_unavailable' }],
    ['it answers with a text', { body: { active: 'true' } }, { code: 'token_unavailable' }],
    ['it redirects', { status: 307, headers: { location: 'https://evil.example' } }, { code: 'token_unavailable' }],
  ])('because %s, it is a typed error without a secret', async (_why, answer, expected) => {
    const { outcome } = await ask(answer)
    expect(isCredentialError(outcome)).toBe(true)
    expect(outcome).toMatchObject({ vendor: 'acme', ...expected })
    expect(findLeaks(outcome, [TOKEN, CLIENT_SECRET])).toEqual([])
  })

  test('for a minute, it is a timeout', async () => {
    await using server = await startTokenServer(() => {})
    const clock = virtualClock()
    const asking = createTokenIntrospector({ ...optionsFor(server.tokenUrl), clock })(TOKEN)
    const settled = asking.catch((error: unknown) => error)
    await clock.advance(await clock.waitForSleep(60_000))
    expect(await settled).toMatchObject({ code: 'timeout', isRetryable: true })
  })

  test('and the program aborts, its reason counts', async () => {
    await using server = await startTokenServer(() => aborting.abort('enough'))
    const aborting = new AbortController()
    const introspect = createTokenIntrospector(optionsFor(server.tokenUrl))
    await expect(introspect(TOKEN, { signal: aborting.signal })).rejects.toBe('enough')
    await expect(introspect(TOKEN, { signal: aborting.signal })).rejects.toBe('enough')
    expect(server.requests).toHaveLength(1)
  })
})

test('an introspector needs an endpoint or an issuer, over https', () => {
  const options = { vendor: 'acme', clientId: 'boat-app' }
  expect(() => createTokenIntrospector(options)).toThrow('[acme] "introspectionUrl" is required')
  const plain = { ...options, introspectionUrl: 'http://login.example.com/introspect' }
  expect(() => createTokenIntrospector(plain)).toThrow('[acme] "introspectionUrl" must be https')
})
