import * as nodeHttp from 'node:http'
import { Readable } from 'node:stream'
import { attachCredential } from '@valetkey/axios'
import { isCredentialError } from '@valetkey/core'
import { fakeCredential } from '@valetkey/testing'
import { carried, TOKEN_PLACES } from '@valetkey-app/test-support/carried'
import { type Received, type Reply, serve } from '@valetkey-app/test-support/serve'
import axios, { type AxiosRequestConfig } from 'axios'
import { describe, expect, test, vi } from 'vitest'
import { VARIANTS } from './support/variants.ts'

/** `/301?to=…` redirects there; every other path answers. */
function redirecting({ path }: Received): Reply {
  const { pathname, searchParams } = new URL(path, 'http://x')
  const location = searchParams.get('to')
  if (location === null) return { body: 'arrived' }
  return { status: Number(pathname.slice(1)), headers: { location }, body: 'on the way' }
}

function refusing({ headers }: Received, token: string): Reply {
  return { status: headers.authorization?.endsWith(token) ? 401 : 200 }
}

describe.each(VARIANTS)('$name: a redirect', ({ name, create }) => {
  const isFetch = name.endsWith('fetch')

  test.each(TOKEN_PLACES)('C10: elsewhere takes no credential along, and back home it does: %s', async (tokenPlace) => {
    const home = await serve(redirecting)
    const elsewhere = await serve(redirecting)
    const back = encodeURIComponent(`${elsewhere.origin}/307?to=${encodeURIComponent(`${home.origin}/end?a=b`)}`)
    const http = create()
    attachCredential(http, carried(tokenPlace, ['s3cret'], [home.origin]))
    const { data, request } = await http.post(`${home.origin}/307?to=${back}`, 'x=1')
    expect([data, request.res.responseUrl, request.path]).toEqual(['arrived', `${home.origin}/end?a=b`, '/end?a=b'])
    expect(JSON.stringify(home.received[0])).toContain('s3cret')
    expect(home.received[1]?.path).toBe(tokenPlace === 'query' ? '/end?a=b&api_key=s3cret' : '/end?a=b')
    expect(JSON.stringify(home.received[1])).toContain('s3cret')
    expect(elsewhere.received.map(({ method, body }) => [method, body])).toEqual([['POST', 'x=1']])
    expect(JSON.stringify(elsewhere.received)).not.toContain('s3cret')
  })

  test('C10: that repeats the key in its location takes it nowhere else', async () => {
    const elsewhere = await serve(() => ({}))
    const home = await serve(({ path }) => ({ status: 302, headers: { location: `${elsewhere.origin}${path}` } }))
    const http = create()
    attachCredential(http, carried('query', ['s3cret'], [home.origin]))
    await http.get(`${home.origin}/boats?a=b`)
    expect(elsewhere.received.map((it) => it.path)).toEqual(['/boats?a=b'])
  })

  test('C10: that repeats the key before a fragment neither doubles nor shows it', async () => {
    const server = await serve(({ path }) =>
      path.startsWith('/end') ? {} : { status: 302, headers: { location: `${path.replace('/v1', '/end')}#part` } },
    )
    const http = create()
    attachCredential(http, carried('query', ['s3cret']))
    const { request } = await http.get(`${server.origin}/v1?a=b`)
    expect(server.received.map((it) => it.path)).toEqual(['/v1?a=b&api_key=s3cret', '/end?a=b&api_key=s3cret'])
    expect(JSON.stringify(request)).not.toContain('s3cret')
  })

  test.each([301, 302, 303, 307, 308])('%i changes the request as it does without a credential', async (status) => {
    const server = await serve(redirecting)
    const url = `${server.origin}/${status}?to=/end`
    const headers = { 'content-language': 'de', 'x-id': '7' }
    const attached = create()
    attachCredential(attached, carried('x-api-key', ['k1']))
    for (const http of [create(), attached]) {
      await http.post(url, { a: 1 }, { headers })
      await http.put(url, 'text', { headers })
      await http.get(url, { headers })
    }
    const seen = server.received.map(({ method, path, body, headers: sent }) => {
      const { host: _host, connection: _connection, 'x-api-key': _key, ...rest } = sent
      return [method, path, body, rest]
    })
    expect(seen.slice(6)).toEqual(seen.slice(0, 6))
  })

  test.each<[string, AxiosRequestConfig]>([
    ['maxRedirects: 0', { maxRedirects: 0 }],
    ...(isFetch
      ? [['redirect: manual', { fetchOptions: { redirect: 'manual' } }] as [string, AxiosRequestConfig]]
      : []),
  ])('is not followed where the caller says so: %s', async (_what, config) => {
    const server = await serve(redirecting)
    const http = create(config)
    attachCredential(http, carried('x-api-key', ['k1']))
    await expect(http.get(`${server.origin}/302?to=/end`)).rejects.toMatchObject({
      response: { status: 302, headers: { location: '/end' } },
    })
    expect(server.received).toHaveLength(1)
  })

  test('is followed as often as the caller says', async () => {
    const server = await serve(({ path }) => ({ status: 302, headers: { location: `/${Number(path.slice(1)) + 1}` } }))
    const http = create({ maxRedirects: 3 })
    attachCredential(http, carried('x-api-key', ['k1']))
    await expect(http.get(`${server.origin}/0`)).rejects.toMatchObject({ name: expect.stringContaining('Error') })
    expect(server.received).toHaveLength(4)
  })

  test('C9: to a 401 elsewhere renews nothing', async () => {
    const elsewhere = await serve(() => ({ status: 401 }))
    const server = await serve(() => ({ status: 302, headers: { location: elsewhere.origin } }))
    const credential = fakeCredential({ tokens: ['t1', 't2'], origins: [server.origin] })
    const http = create()
    attachCredential(http, credential)
    const { status } = await http.get(server.origin, { validateStatus: () => true })
    expect([status, credential.renewals, server.received.length]).toEqual([401, 0, 1])
  })

  test('leads to a path in UTF-8', async () => {
    const location = Buffer.from('/café', 'utf8').toString('latin1')
    const server = await serve(({ path }) => (path === '/' ? { status: 302, headers: { location } } : {}))
    const attached = create()
    attachCredential(attached, carried('x-api-key', ['k1']))
    for (const http of [create(), attached]) await http.get(server.origin)
    expect(server.received[3]?.path).toBe(server.received[1]?.path)
  })
})

describe.each(VARIANTS.filter(({ name }) => name.endsWith('http')))('$name: beforeRedirect', ({ create }) => {
  test('of the caller sees no credential, and can do what it could', async () => {
    const elsewhere = await serve(redirecting)
    const home = await serve(redirecting)
    const http = create()
    attachCredential(http, carried('query', ['s3cret'], [home.origin]))
    attachCredential(http, carried('x-api-key', ['s3cret'], [home.origin]))
    const beforeRedirect = vi.fn<NonNullable<AxiosRequestConfig['beforeRedirect']>>(
      (options, { statusCode }, request) => {
        expect(JSON.stringify([options.headers, options.path, options.href, request])).not.toContain('s3cret')
        options.headers['x-hop'] = statusCode
      },
    )
    const to = encodeURIComponent(`/307?to=${encodeURIComponent(`${elsewhere.origin}/end`)}`)
    await http.get(`${home.origin}/302?to=${to}`, { beforeRedirect })
    expect(beforeRedirect).toHaveBeenCalledTimes(2)
    expect(
      [home.received[1], elsewhere.received[0]].map((it) => [it?.headers['x-hop'], it?.headers['x-api-key']]),
    ).toEqual([
      ['302', 's3cret'],
      ['307', undefined],
    ])
  })

  test('of the caller has its say in what is replayed, too', async () => {
    const server = await serve(({ path, headers }) => {
      if (path === '/start') return { status: 303, headers: { location: '/end' } }
      return { status: headers['x-api-key'] === 't1' ? 401 : 200 }
    })
    const http = create({ headers: { 'X-Id': '7' } })
    attachCredential(http, carried('x-api-key', ['t1', 't2']))
    const beforeRedirect: AxiosRequestConfig['beforeRedirect'] = (options) => {
      options.headers['x-hop'] = 'signed'
    }
    await http.post(`${server.origin}/start`, 'x=1', { beforeRedirect })
    expect(server.received.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
      'POST /start x=1',
      'GET /end ',
      'GET /end ',
    ])
    const [, , { headers }] = server.received as [Received, Received, Received]
    expect([headers['x-hop'], headers['x-id'], headers['content-type'], headers['content-length']]).toEqual([
      'signed',
      '7',
      undefined,
      undefined,
    ])
  })

  test('is not asked where the caller brings a transport that does not follow', async () => {
    const server = await serve(redirecting)
    const http = create({ transport: nodeHttp })
    attachCredential(http, carried('x-api-key', ['k1']))
    await expect(http.get(`${server.origin}/302?to=/end`)).rejects.toMatchObject({ response: { status: 302 } })
    expect(server.received).toHaveLength(1)
  })
})

describe.each(VARIANTS.filter(({ name }) => name.endsWith('fetch')))('$name: a redirect', ({ create }) => {
  test('elsewhere leaves Authorization, cookies and auth of the caller behind', async () => {
    const elsewhere = await serve(() => ({}))
    const server = await serve(() => ({ status: 307, headers: { location: elsewhere.origin } }))
    const http = create({ auth: { username: 'a', password: 'b' }, headers: { Cookie: 'c=d', 'X-Id': '7' } })
    attachCredential(http, carried('x-api-key', ['k1'], [server.origin]))
    await http.get(server.origin)
    const sent = [server, elsewhere].map(({ received: [it] }) => [
      it?.headers.authorization,
      it?.headers.cookie,
      it?.headers['x-id'],
    ])
    expect(sent).toEqual([
      ['Basic YTpi', 'c=d', '7'],
      [undefined, undefined, '7'],
    ])
  })

  test('C8: frees the connection of the answer on the way', async () => {
    const server = await serve(({ path }) =>
      path === '/' ? { status: 302, headers: { location: '/end' }, body: 'never ending', isEndless: true } : {},
    )
    const http = create({ responseType: 'stream' })
    attachCredential(http, carried('x-api-key', ['k1']))
    expect((await http.get(server.origin)).request.path).toBe('/end')
    await server.received[0]?.closed
  })

  test.each(['http://', 'ftp://127.0.0.1/', 'data:text/plain,x'])('to %s is not followed', async (location) => {
    const server = await serve(() => ({ status: 302, headers: { location } }))
    const http = create()
    attachCredential(http, carried('x-api-key', ['k1']))
    await expect(http.get(server.origin)).rejects.toMatchObject({ name: 'AxiosError' })
    expect(server.received).toHaveLength(1)
  })

  test('that wants a stream sent again is the answer', async () => {
    const server = await serve(redirecting)
    const http = create()
    attachCredential(http, carried('x-api-key', ['k1']))
    const answer = http.post(`${server.origin}/307?to=/end`, Readable.from(['x']))
    await expect(answer).rejects.toMatchObject({ response: { status: 307 } })
  })

  test('C10: is refused where the platform does not show where it leads', async () => {
    const http = create({
      adapter: async (config) => ({
        status: 0,
        statusText: '',
        headers: {},
        data: '',
        config,
        request: new Request('https://api.example.com', config.fetchOptions),
      }),
    })
    attachCredential(http, carried('x-api-key', ['k1']))
    const error: unknown = await http.get('https://api.example.com').catch((it: unknown) => it)
    expect(isCredentialError(error, 'redirect_refused')).toBe(true)
  })

  test('is left to browsers when only Authorization is at stake', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (synthetic)' })
    const asked: unknown[] = []
    const adapter = async (config: AxiosRequestConfig) => {
      asked.push(config.fetchOptions?.redirect)
      return { status: 200, statusText: '', headers: {}, data: '', config: config as never }
    }
    for (const tokenPlace of TOKEN_PLACES) {
      const http = create({ adapter })
      attachCredential(http, carried(tokenPlace, ['k1']))
      await http.get('https://api.example.com')
    }
    expect(asked).toEqual([undefined, 'manual', 'manual'])
  })
})

describe.each(VARIANTS.filter(({ name }) => name.endsWith('fetch') && !name.includes('1.7')))(
  '$name: a redirect',
  ({ create }) => {
    test('is followed over a fetch of the caller, with and without a Request', async () => {
      const server = await serve(redirecting)
      for (const Request of [globalThis.Request, null]) {
        const env = { fetch: (...args: Parameters<typeof fetch>) => fetch(...args), Request: Request as never }
        const http = create({ env })
        attachCredential(http, carried('x-api-key', ['k1']))
        expect((await http.get(`${server.origin}/302?to=/end`)).data).toBe('arrived')
      }
      expect(server.received.map((it) => it.headers['x-api-key'])).toEqual(Array(4).fill('k1'))
    })

    test.each(['/boats', '/303?to=/end'])('C4: that a browser followed is seen: a refused POST to %s', async (path) => {
      vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (synthetic)' })
      const server = await serve((received) =>
        received.path.startsWith('/303') ? redirecting(received) : refusing(received, 't1'),
      )
      const http = create({ validateStatus: () => true })
      attachCredential(http, carried('authorization', ['t1', 't2'], [server.origin]))
      const { status } = await http.post(server.origin + path, 'x=1')
      const posts = server.received.filter(({ method }) => method === 'POST').map((it) => it.body)
      expect([status, posts]).toEqual(path === '/boats' ? [200, ['x=1', 'x=1']] : [401, ['x=1']])
    })

    test('C4: that nobody can see repeats no POST, and a GET', async () => {
      vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (synthetic)' })
      const server = await serve((received) => refusing(received, 't1'))
      const env = { fetch: (...args: Parameters<typeof fetch>) => fetch(...args) }
      for (const method of ['POST', 'GET']) {
        const http = create({ env, method, validateStatus: () => true })
        attachCredential(http, carried('authorization', ['t1', 't2'], [server.origin]))
        await http.request({ url: server.origin })
      }
      expect(server.received.map((it) => it.method)).toEqual(['POST', 'GET', 'GET'])
    })
  },
)

test('a key in a header is refused over xhr, which follows redirects by itself', async () => {
  vi.stubGlobal('XMLHttpRequest', class {})
  const http = axios.create({ adapter: ['xhr', 'http', 'fetch'] })
  attachCredential(http, carried('x-api-key', ['k1']))
  const error: unknown = await http.get('https://api.example.com').catch((it: unknown) => it)
  expect(isCredentialError(error, 'invalid_option') && error.option).toBe('adapter')
})
