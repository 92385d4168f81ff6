import { isCredentialError } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { type Received, type Reply, serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test, vi } from 'vitest'
import { recordingFetch } from './support/recording-fetch.ts'
import { rotatingCredential, TOKEN_PLACES } from './support/rotating-credential.ts'

/** `/301?to=…` redirects there; every other path answers. */
function redirecting({ path }: Received): Reply {
  const { pathname, searchParams } = new URL(path, 'http://x')
  const status = Number(pathname.slice(1))
  const location = searchParams.get('to')
  return location === null ? { body: 'arrived' } : { status, headers: { location }, body: 'on the way' }
}

const STATUSES = [301, 302, 303, 307, 308]

/** What a server saw of a request, apart from the connection. */
function seen({ method, path, headers, body }: Received) {
  const { host: _host, connection: _connection, authorization: _token, ...rest } = headers
  return { method, path, headers: { ...rest, 'x-api-key': undefined }, body }
}

describe('C10: a redirect is followed exactly as fetch follows it', () => {
  const requests: readonly [what: string, init: RequestInit][] = [
    ['GET', {}],
    ['HEAD', { method: 'HEAD' }],
    ['POST', { method: 'POST', body: 'a=1', headers: { 'content-type': 'text/csv', 'content-language': 'de' } }],
    ['post in lower case', { method: 'post', body: new URLSearchParams({ a: '1' }) }],
    ['PUT', { method: 'PUT', body: new Blob(['x'], { type: 'text/csv' }), headers: [['x-id', '7']] }],
    ['DELETE', { method: 'DELETE', headers: new Headers({ 'x-id': '7' }) }],
  ]
  const cases = STATUSES.flatMap((status) => requests.map(([what, init]) => [status, what, init] as const))

  test.each(cases)('%i %s, with the same requests and the same response', async (status, _what, init) => {
    const server = await serve(redirecting)
    const url = `${server.origin}/${status}?to=/${status}%3Fto%3D%252Fend#part`
    const plain = await fetch(url, init)
    const plainly = server.received.map(seen)
    const ours = await withCredential(fetch, rotatingCredential({ tokenPlace: 'x-api-key' }))(url, init)
    expect(server.received.slice(plainly.length).map(seen)).toEqual(plainly)
    expect(plainly).toHaveLength(3)
    const facts = (it: Response) => [
      it.status,
      it.url,
      it.redirected,
      it.type,
      it.ok,
      it.clone().url,
      it.clone().redirected,
    ]
    expect(facts(ours)).toEqual(facts(plain))
    expect(await ours.text()).toBe(await plain.text())
  })

  test.each(STATUSES)('%i of a Request with a body', async (status) => {
    const server = await serve(redirecting)
    const url = `${server.origin}/${status}?to=/end`
    const request = () => new Request(url, { method: 'POST', body: 'a=1', headers: { 'x-id': '7' } })
    await fetch(request())
    await withCredential(fetch, rotatingCredential())(request())
    const [plainly, ours] = [server.received.slice(0, 2).map(seen), server.received.slice(2).map(seen)]
    expect(ours).toEqual(plainly)
  })

  test('twenty times, and not once more', async () => {
    const server = await serve(({ path }) => {
      const left = Number(path.slice(1))
      return left === 0 ? {} : { status: 302, headers: { location: `/${left - 1}` } }
    })
    const api = withCredential(fetch, rotatingCredential())
    expect((await api(`${server.origin}/20`)).status).toBe(200)
    await expect(api(`${server.origin}/21`)).rejects.toThrow(TypeError)
    await expect(fetch(`${server.origin}/21`)).rejects.toThrow(TypeError)
  })

  test.each([
    ['nowhere', {}],
    ['a status that is none', { location: '/end' }],
  ])('not at all when it leads %s', async (what, headers: Record<string, string>) => {
    const server = await serve(() => ({ status: what === 'nowhere' ? 302 : 304, headers }))
    const response = await withCredential(fetch, rotatingCredential())(server.origin)
    expect([response.redirected, server.received.length]).toEqual([false, 1])
  })

  test.each([
    'ftp://api.acme.example/',
    'http://user@127.0.0.1/',
    'http://',
    'data:text/plain,x',
    'javascript:alert(1)',
  ])('as an error when it leads to %s', async (location) => {
    const server = await serve(() => ({ status: 302, headers: { location } }))
    await expect(fetch(server.origin)).rejects.toThrow(TypeError)
    await expect(withCredential(fetch, rotatingCredential())(server.origin)).rejects.toThrow(TypeError)
  })

  test('to a path in UTF-8', async () => {
    const location = Buffer.from('/café', 'utf8').toString('latin1')
    const server = await serve(({ path }) => (path === '/' ? { status: 302, headers: { location } } : {}))
    await withCredential(fetch, rotatingCredential())(server.origin)
    expect(server.received[1]?.path).toBe('/caf%C3%A9')
  })

  test('and frees the connection of every answer on the way', async () => {
    const server = await serve(({ path }) =>
      path === '/' ? { status: 302, headers: { location: '/end' }, body: 'never ending', isEndless: true } : {},
    )
    const response = await withCredential(fetch, rotatingCredential())(server.origin)
    expect(response.url).toBe(`${server.origin}/end`)
    await server.received[0]?.closed
  })

  test('with the credential on every hop of its own origin', async () => {
    const server = await serve(redirecting)
    await withCredential(fetch, rotatingCredential())(`${server.origin}/302?to=/307%3Fto%3D%252Fend`)
    expect(server.received.map((it) => it.headers.authorization)).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1'])
  })

  test('and only its end is replayed when that refuses the token', async () => {
    const server = await serve((received) =>
      received.path === '/end' && received.headers.authorization === 'Bearer t1'
        ? { status: 401 }
        : redirecting(received),
    )
    const credential = rotatingCredential()
    const request = new Request(`${server.origin}/307?to=/end`, { method: 'POST', body: 'a=1' })
    const response = await withCredential(fetch, credential)(request)
    expect([response.status, credential.renewals]).toEqual([200, 1])
    expect(server.received.map((it) => `${it.path} ${it.headers.authorization} ${it.body}`)).toEqual([
      '/307?to=/end Bearer t1 a=1',
      '/end Bearer t1 a=1',
      '/end Bearer t2 a=1',
    ])
  })

  test.each([301, 302, 307, 308])('%i is an error when the body cannot be sent again', async (status) => {
    const server = await serve(redirecting)
    const init = () => ({ method: 'POST', body: new Blob(['a=1']).stream(), duplex: 'half' })
    const url = `${server.origin}/${status}?to=/end`
    await expect(fetch(url, init())).rejects.toThrow(TypeError)
    await expect(withCredential(fetch, rotatingCredential())(url, init())).rejects.toThrow(TypeError)
  })

  test('303 leaves such a body behind', async () => {
    const server = await serve(redirecting)
    const init = { method: 'POST', body: new Blob(['a=1']).stream(), duplex: 'half' }
    await withCredential(fetch, rotatingCredential())(`${server.origin}/303?to=/end`, init)
    expect(server.received.map((it) => [it.method, it.body])).toEqual([
      ['POST', 'a=1'],
      ['GET', ''],
    ])
  })
})

describe('C10: the redirect option of the caller', () => {
  test.each<[how: string, args: (url: string) => [RequestInfo, RequestInit?]]>([
    ['init', (url) => [url, { redirect: 'manual' }]],
    ['its Request', (url) => [new Request(url, { redirect: 'manual' })]],
  ])('manual is honoured, given by %s', async (_how, args) => {
    const server = await serve(redirecting)
    const response = await withCredential(
      fetch,
      rotatingCredential({ tokenPlace: 'x-api-key' }),
    )(...args(`${server.origin}/302?to=/end`))
    expect([response.status, response.headers.get('location'), server.received.length]).toEqual([302, '/end', 1])
  })

  test('error is honoured', async () => {
    const server = await serve(redirecting)
    const api = withCredential(fetch, rotatingCredential({ tokenPlace: 'x-api-key' }))
    await expect(api(`${server.origin}/302?to=/end`, { redirect: 'error' })).rejects.toThrow(TypeError)
    expect(server.received).toHaveLength(1)
  })
})

describe('C10: a redirect to another origin', () => {
  test.each(TOKEN_PLACES)('that the credential covers gets it too: %s', async (tokenPlace) => {
    const second = await serve(() => ({ body: 'arrived' }))
    const first = await serve(() => ({ status: 307, headers: { location: `${second.origin}/end` } }))
    const credential = rotatingCredential({ tokenPlace, origins: [first.origin, second.origin] })
    const response = await withCredential(fetch, credential)(first.origin)
    const { headers, path } = second.received[0] ?? expect.unreachable()
    expect([headers.authorization, headers['x-api-key'], path]).toEqual([
      tokenPlace === 'authorization' ? 'Bearer t1' : undefined,
      tokenPlace === 'x-api-key' ? 't1' : undefined,
      tokenPlace === 'query' ? '/end?api_key=t1' : '/end',
    ])
    expect([response.url, response.redirected]).toEqual([`${second.origin}/end`, true])
  })

  test('loses what fetch takes from it, and keeps the rest', async () => {
    const headers = { cookie: 'a=b', 'proxy-authorization': 'Basic x', 'x-id': '7', authorization: 'Basic own' }
    const second = await serve(() => ({ body: 'arrived' }))
    const first = await serve(() => ({ status: 302, headers: { location: second.origin } }))
    const api = withCredential(fetch, rotatingCredential({ tokenPlace: 'x-api-key', origins: [first.origin] }))
    await fetch(first.origin, { headers })
    await api(first.origin, { headers })
    expect(second.received.map(seen)[1]).toEqual(second.received.map(seen)[0])
    expect(second.received[1]?.headers).toMatchObject({ 'x-id': '7' })
    expect(second.received[1]?.headers).not.toHaveProperty('cookie')
    expect(second.received[1]?.headers).not.toHaveProperty('authorization')
  })
})

describe('a fetch that follows redirects although it is asked not to', () => {
  const disobedient: typeof fetch = (input, init) => fetch(input, { ...init, redirect: 'follow' })

  test.each([
    ['x-api-key', 'redirect_refused'],
    ['query', 'redirect_refused'],
    ['authorization', 200],
  ] as const)('C10: is found out when it may have taken along a credential in %s', async (tokenPlace, outcome) => {
    const second = await serve(() => ({ body: 'arrived' }))
    const first = await serve(() => ({ status: 302, headers: { location: second.origin } }))
    const api = withCredential(disobedient, rotatingCredential({ tokenPlace, origins: [first.origin] }))
    const result: unknown = await api(first.origin).catch((it: unknown) => it)
    expect(isCredentialError(result) ? result.code : (result as Response).status).toBe(outcome)
  })

  test('C10: may do so within the origins of the credential', async () => {
    const server = await serve(({ path }) => (path === '/' ? { status: 302, headers: { location: '/end' } } : {}))
    const response = await withCredential(disobedient, rotatingCredential({ tokenPlace: 'x-api-key' }))(server.origin)
    expect([response.status, response.url]).toEqual([200, `${server.origin}/end`])
  })
})

describe('in a browser, which shows no redirect', () => {
  const opaque = () =>
    Object.defineProperties(new Response(), { type: { value: 'opaqueredirect' }, status: { value: 0 } })

  test.each(['x-api-key', 'query'] as const)(
    'C10: a credential in %s is not taken along: redirect_refused',
    async (tokenPlace) => {
      vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' })
      const { fetch, calls } = recordingFetch(async () => opaque())
      const api = withCredential(fetch, rotatingCredential({ tokenPlace, account: 'a-1' }))
      const error: unknown = await api('https://api.acme.example/').catch((it: unknown) => it)
      expect(isCredentialError(error, 'redirect_refused') && [error.vendor, error.account]).toEqual(['acme', 'a-1'])
      expect(calls[0]?.[1]).toMatchObject({ redirect: 'manual' })
    },
  )

  test('C10: Authorization is left to the browser, which takes it off itself', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' })
    const { fetch, calls } = recordingFetch(async () => new Response())
    await withCredential(fetch, rotatingCredential())('https://api.acme.example/')
    expect(calls[0]?.[1]).toEqual({ headers: { authorization: 'Bearer t1' } })
  })

  test('C1: a relative URL is that of the page, and is sent as it was judged', async () => {
    vi.stubGlobal('location', { href: 'https://api.acme.example/app/' })
    const { fetch, calls } = recordingFetch(async () => new Response())
    const api = withCredential(fetch, rotatingCredential({ origins: ['https://api.acme.example'] }))
    await api('v1?a=b')
    await api('//evil.example/')
    expect(calls.map(([url]) => url)).toEqual(['https://api.acme.example/app/v1?a=b', '//evil.example/'])
    expect(calls[1]?.[1]).toBeUndefined()
  })

  test('C1: a page with a base of its own resolves against that', async () => {
    vi.stubGlobal('location', { href: 'https://api.acme.example/app/' })
    vi.stubGlobal('document', { baseURI: 'https://evil.example/' })
    const { fetch, calls } = recordingFetch(async () => new Response())
    await withCredential(fetch, rotatingCredential({ origins: ['https://api.acme.example'] }))('v1')
    expect(calls).toEqual([['v1']])
  })
})
