import { inspect } from 'node:util'
import { createApiKeyCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { findLeaks } from '@valetkey/testing'
import { serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test } from 'vitest'
import { FETCHES } from './support/fetches.ts'
import { recordingFetch } from './support/recording-fetch.ts'
import { rotatingCredential } from './support/rotating-credential.ts'

const CANARY = "canary 'é'&=+#/c0de"

function canaryInQuery(origin: string) {
  return createApiKeyCredential({
    vendor: 'acme',
    origins: [origin],
    apiKey: 'unused',
    place: () => ({ query: { api_key: CANARY } }),
    allowInsecureRequests: true,
  })
}

/** However it is written, and wherever one looks. */
function expectNoCanary(value: unknown): void {
  for (const customInspect of [true, false]) {
    const leaks = findLeaks(value, [CANARY, 'c0de'], (it) => inspect(it, { depth: 9, showHidden: true, customInspect }))
    expect(leaks).toEqual([])
  }
}

describe('a credential in the query', () => {
  test.each([
    ['/v1', '/v1?api_key=t1'],
    ['/v1?a=b%20c&d', '/v1?a=b%20c&d&api_key=t1'],
    ['/v1#?part', '/v1?api_key=t1'],
    ['/v1?a=b#part?', '/v1?a=b&api_key=t1'],
    ['?a=b', '/?a=b&api_key=t1'],
    ['', '/?api_key=t1'],
    ['/v1 ', '/v1?api_key=t1'],
  ])('is added to %j, whose other parameters stay as they are written', async (path, sent) => {
    const server = await serve(() => ({}))
    const response = await withCredential(fetch, rotatingCredential({ tokenPlace: 'query' }))(server.origin + path)
    expect(server.received[0]?.path).toBe(sent)
    expect(response.url).toBe(new URL(path, server.origin).href.replace(/#.*/, ''))
  })

  test('is replaced, not added, when the request is sent again', async () => {
    const server = await serve(({ path }) => ({ status: path.includes('t2') ? 200 : 401 }))
    const response = await withCredential(fetch, rotatingCredential({ tokenPlace: 'query' }))(`${server.origin}/v1`)
    expect(server.received.map((it) => it.path)).toEqual(['/v1?api_key=t1', '/v1?api_key=t2'])
    expect([response.status, response.url]).toEqual([200, `${server.origin}/v1`])
  })

  test.each<[what: string, request: (url: string) => Request, init: RequestInit, sent: readonly string[]]>([
    [
      'without a body',
      (url) => new Request(url, { method: 'DELETE', headers: { 'x-id': '7' } }),
      {},
      ['DELETE', '7', ''],
    ],
    [
      'with a body',
      (url) => new Request(url, { method: 'PUT', body: 'a=1', headers: { 'x-id': '7' } }),
      {},
      ['PUT', '7', 'a=1'],
    ],
    [
      'with a body that init replaces',
      (url) => new Request(url, { method: 'PUT', body: 'a=1', headers: { 'x-id': '7' } }),
      { body: 'b=2' },
      ['PUT', '7', 'b=2'],
    ],
    [
      'with a method that init replaces',
      (url) => new Request(url, { method: 'PUT', body: 'a=1' }),
      { method: 'PATCH', headers: { 'x-id': '8' } },
      ['PATCH', '8', 'a=1'],
    ],
  ])('goes with a Request %s, also a second time', async (_what, request, init, sent) => {
    const server = await serve(({ path }) => ({ status: path.includes('t2') ? 200 : 401 }))
    const credential = rotatingCredential({ tokenPlace: 'query' })
    const response = await withCredential(fetch, credential)(request(`${server.origin}/v1?a`), init)
    expect(response.status).toBe(200)
    expect(server.received.map((it) => [it.method, it.headers['x-id'], it.body])).toEqual([sent, sent])
    expect(server.received.map((it) => it.path)).toEqual(['/v1?a&api_key=t1', '/v1?a&api_key=t2'])
  })

  test('goes with a Request whose body init does not replace, though it names one', async () => {
    const server = await serve(() => ({}))
    const request = new Request(server.origin, { method: 'PUT', body: 'a=1' })
    await withCredential(fetch, rotatingCredential({ tokenPlace: 'query' }))(request, { body: null })
    expect(server.received.map((it) => it.body)).toEqual(['a=1'])
  })

  test('goes with the Request of a navigation, whose mode no init may have', async () => {
    const server = await serve(() => ({}))
    const request = Object.defineProperty(new Request(server.origin), 'mode', { value: 'navigate' })
    expect((await withCredential(fetch, rotatingCredential({ tokenPlace: 'query' }))(request)).status).toBe(200)
  })

  test('leaves the signal of a Request in force', async () => {
    const server = await serve(() => ({}))
    const request = new Request(server.origin, { signal: AbortSignal.abort(new Error('tab closed')) })
    await expect(withCredential(fetch, rotatingCredential({ tokenPlace: 'query' }))(request)).rejects.toThrow(
      'tab closed',
    )
  })

  test('is not doubled when the API sends it back in a redirect', async () => {
    const server = await serve(({ path }) =>
      path.startsWith('/end') ? {} : { status: 302, headers: { location: path.replace('/v1', '/end') } },
    )
    await withCredential(fetch, rotatingCredential({ tokenPlace: 'query' }))(`${server.origin}/v1?a=b`)
    expect(server.received.map((it) => it.path)).toEqual(['/v1?a=b&api_key=t1', '/end?a=b&api_key=t1'])
  })

  test('is not doubled, nor shown, when the redirect has a fragment too', async () => {
    const server = await serve(({ path }) =>
      path.startsWith('/end') ? {} : { status: 302, headers: { location: `${path.replace('/v1', '/end')}#part?x` } },
    )
    const response = await withCredential(fetch, rotatingCredential({ tokenPlace: 'query' }))(`${server.origin}/v1?a=b`)
    expect(server.received.map((it) => it.path)).toEqual(['/v1?a=b&api_key=t1', '/end?a=b&api_key=t1'])
    expect(response.url).toBe(`${server.origin}/end?a=b`)
  })

  test('gives way to another value that the API redirects to', async () => {
    const server = await serve(({ path }) =>
      path.startsWith('/end') ? {} : { status: 302, headers: { location: '/end?api_key=signed' } },
    )
    const response = await withCredential(fetch, rotatingCredential({ tokenPlace: 'query' }))(`${server.origin}/v1`)
    expect(server.received[1]?.path).toBe('/end?api_key=signed')
    expect(response.url).toBe(`${server.origin}/end?api_key=signed`)
  })

  test('arrives as it is, whatever characters it has', async () => {
    const server = await serve(() => ({}))
    await withCredential(fetch, canaryInQuery(server.origin))(`${server.origin}/v1?a=b`)
    expect(new URL(server.received[0]?.path ?? '', server.origin).searchParams.get('api_key')).toBe(CANARY)
  })
})

describe('C15: a secret in the query', () => {
  test.each(FETCHES)('is not in a response of %s, nor in a clone of it', async (_name, inner) => {
    const server = await serve(() => ({ body: 'x' }))
    const response = await withCredential(inner, canaryInQuery(server.origin))(`${server.origin}/v1?a=b`)
    const clone = response.clone()
    expect([response.url, clone.url, clone.clone().url]).toEqual(Array(3).fill(`${server.origin}/v1?a=b`))
    expect([response.redirected, clone.redirected]).toEqual([false, false])
    for (const it of [response, clone]) expectNoCanary(it)
    expect([await response.text(), await clone.text()]).toEqual(['x', 'x'])
  })

  test('is not in a response after redirects', async () => {
    const server = await serve(({ path }) =>
      path.startsWith('/end') ? {} : { status: 302, headers: { location: '/end' } },
    )
    const response = await withCredential(fetch, canaryInQuery(server.origin))(server.origin)
    expect([response.url, response.redirected]).toEqual([`${server.origin}/end`, true])
    expectNoCanary(response)
  })

  test.each(FETCHES)('is not in an error of %s', async (_name, inner) => {
    const origin = 'http://127.0.0.1:1'
    const error: unknown = await withCredential(inner, canaryInQuery(origin))(`${origin}/v1`).catch((it: unknown) => it)
    expect(error).toBeInstanceOf(Error)
    expectNoCanary(error)
  })

  test('is not in an error of a fetch that writes the URL into it, and into its cause', async () => {
    const { fetch } = recordingFetch(async (input) => {
      const url = input as string
      const cause = Object.assign(new Error(`cannot connect to ${url}`), { path: url, code: 'X' })
      throw new Error(`error sending request for url (${url})`, { cause })
    })
    const origin = 'https://api.acme.example'
    const error: unknown = await withCredential(fetch, canaryInQuery(origin))(`${origin}/v1`).catch((it: unknown) => it)
    expectNoCanary(error)
    expect(inspect(error)).toContain(`${origin}/v1?api_key=***`)
    expect(inspect(error)).toContain("code: 'X'")
  })
})

test('C15: a secret in a header is in no response, no error and no object of the caller', async () => {
  const server = await serve(() => ({}))
  const credential = createApiKeyCredential({
    vendor: 'acme',
    origins: [server.origin, 'http://127.0.0.1:1'],
    apiKey: 'canary-c0de',
    allowInsecureRequests: true,
  })
  const request = new Request(server.origin, { method: 'POST', body: 'x' })
  const init = { headers: new Headers({ 'x-id': '7' }) }
  const api = withCredential(fetch, credential)
  const response = await api(request, init)
  const error: unknown = await api('http://127.0.0.1:1/').catch((it: unknown) => it)
  expect(server.received[0]?.headers.authorization).toBe('Bearer canary-c0de')
  for (const it of [request, init, response, error, credential, api]) expectNoCanary(it)
})
