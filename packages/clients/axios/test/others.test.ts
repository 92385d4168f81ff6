import { attachCredential } from '@valetkey/axios'
import type { Credential } from '@valetkey/core'
import { fakeCredential } from '@valetkey/testing'
import { accepting } from '@valetkey-app/test-support/accepting'
import { carried } from '@valetkey-app/test-support/carried'
import { serve } from '@valetkey-app/test-support/serve'
import axios, { type AxiosError, type AxiosInstance, type AxiosResponse } from 'axios'
import { setupCache } from 'axios-cache-interceptor'
import MockAdapter from 'axios-mock-adapter'
import axiosRetry from 'axios-retry'
import { describe, expect, test, vi } from 'vitest'
import { VARIANTS } from './support/variants.ts'

const tokens = ['t1', 't2']

interface Order {
  readonly when: 'before' | 'after'
  /** Attaches a credential before or after what another does to the instance. */
  inOrder(http: AxiosInstance, other: () => void, credential?: Credential): void
}

const ORDERS: readonly Order[] = [
  {
    when: 'before',
    inOrder(http, other, credential) {
      attach(http, credential)
      other()
    },
  },
  {
    when: 'after',
    inOrder(http, other, credential) {
      other()
      attach(http, credential)
    },
  },
]

function attach(http: AxiosInstance, credential: Credential = fakeCredential({ tokens })): void {
  attachCredential(http, credential)
}

describe.each(VARIANTS)('$name', ({ create }) => {
  describe.each(ORDERS)('attached $when axios-retry', ({ inOrder }) => {
    const retry = (http: AxiosInstance) => () => axiosRetry(http, { retries: 2, retryDelay: () => 0 })

    test('its tries and the replay are counted apart', async () => {
      const server = await serve((received, count) => (count < 3 ? { status: 503 } : accepting('t2')(received)))
      const http = create()
      inOrder(http, retry(http))
      expect((await http.put(server.origin, { a: 1 })).data).toBe('welcome')
      const seen = server.received.map(({ headers, body }) => [headers.authorization, body])
      expect(seen).toEqual([...Array(3).fill(['Bearer t1', '{"a":1}']), ['Bearer t2', '{"a":1}']])
    })

    test('the replay leaves all its tries', async () => {
      const answers = [401, 503, 503, 200]
      const server = await serve((_received, count) => ({ status: answers[count - 1] ?? 500 }))
      const http = create()
      inOrder(http, retry(http))
      expect((await http.get(server.origin)).status).toBe(200)
      expect(server.received.map((it) => it.headers.authorization)).toEqual([
        'Bearer t1',
        ...Array(3).fill('Bearer t2'),
      ])
    })

    test('it does not try a 401 again that remains', async () => {
      const server = await serve(() => ({ status: 401 }))
      const http = create()
      inOrder(http, retry(http))
      await expect(http.get(server.origin)).rejects.toMatchObject({ response: { status: 401 } })
      expect(server.received).toHaveLength(2)
    })
  })

  describe.each(ORDERS)('attached $when the interceptors of the caller', ({ inOrder }) => {
    test('they run once, on the final answer, and may unwrap it', async () => {
      const server = await serve(accepting('t2', '{"boats":[1]}'))
      const http = create()
      const asked = vi.fn<() => void>()
      inOrder(http, () => {
        http.interceptors.request.use((config) => {
          asked()
          return config
        })
        http.interceptors.response.use((response: AxiosResponse) => response.data)
      })
      expect(await http.get(server.origin)).toEqual({ boats: [1] })
      expect(asked).toHaveBeenCalledTimes(1)
    })

    test('they may make other errors of those of axios', async () => {
      const server = await serve(({ path, headers }) =>
        path === '/gone' ? { status: 410 } : accepting('t2')({ headers } as never),
      )
      const http = create({ baseURL: server.origin })
      const mapped = vi.fn<(error: AxiosError) => never>((error) => {
        throw new RangeError(`API says ${error.response?.status}`)
      })
      inOrder(http, () => http.interceptors.response.use(undefined, mapped))
      expect((await http.get('/boats')).data).toBe('welcome')
      await expect(http.get('/gone')).rejects.toThrow('API says 410')
      expect(mapped).toHaveBeenCalledTimes(1)
    })

    test('they may be asynchronous', async () => {
      const server = await serve(accepting('t2'))
      const http = create()
      inOrder(http, () =>
        http.interceptors.request.use(async (config) => {
          config.headers.set('x-trace', '1')
          return config
        }),
      )
      await http.get(server.origin)
      expect(server.received.map(({ headers }) => headers['x-trace'])).toEqual(['1', '1'])
    })

    test('they may return another config', async () => {
      const server = await serve(accepting('t2'))
      const http = create()
      inOrder(http, () =>
        http.interceptors.request.use((config) => ({ ...config, headers: config.headers.concat({ 'x-copy': '1' }) })),
      )
      expect((await http.get(server.origin)).data).toBe('welcome')
      expect(server.received.map(({ headers }) => headers['x-copy'])).toEqual(['1', '1'])
    })
  })

  describe.each(ORDERS)('attached $when axios-mock-adapter', ({ inOrder }) => {
    test('its answers are renewed and replayed as those of a server', async () => {
      const http = create({ baseURL: 'https://api.example.com/v1' })
      const credential = fakeCredential({ tokens })
      const mocks: MockAdapter[] = []
      inOrder(http, () => mocks.push(new MockAdapter(http as never)), credential)
      const [mock = new MockAdapter(http as never)] = mocks
      mock
        .onGet('/boats', { params: { a: 1 } })
        .reply(({ headers }) => [headers?.authorization === 'Bearer t2' ? 200 : 401, { ok: true }])
      expect((await http.get('/boats', { params: { a: 1 } })).data).toEqual({ ok: true })
      expect([credential.renewals, mock.history.get.length]).toEqual([1, 2])
    })
  })

  test('axios-mock-adapter finds a path, whatever a key adds to the query', async () => {
    const http = create({ baseURL: 'https://api.example.com/v1' })
    const mock = new MockAdapter(http as never)
    attachCredential(http, carried('query', ['k1']))
    mock.onGet('/boats').reply(({ params }) => [200, params])
    expect((await http.get('/boats', { params: { a: 1 } })).data).toEqual({ a: 1, api_key: 'k1' })
  })

  test('axios-mock-adapter passes through to the API with the credential', async () => {
    const server = await serve(accepting('t2'))
    const http = create()
    new MockAdapter(http as never).onAny().passThrough()
    attach(http)
    expect((await http.post(server.origin, { a: 1 })).data).toBe('welcome')
    expect(server.received.map((it) => [it.headers.authorization, it.body])).toEqual([
      ['Bearer t1', '{"a":1}'],
      ['Bearer t2', '{"a":1}'],
    ])
  })

  test('validateStatus: () => true', async () => {
    const server = await serve(accepting('t2'))
    const http = create({ validateStatus: () => true })
    attach(http)
    expect((await http.get(server.origin)).status).toBe(200)
  })

  test('an adapter of a single request sends it, twice', async () => {
    const http = create()
    attach(http)
    const seen: unknown[] = []
    const adapter = async (config: { headers: { get(name: string): unknown } }) => {
      seen.push(config.headers.get('Authorization'))
      return { status: seen.length === 1 ? 401 : 200, statusText: '', data: 'x', headers: {}, config: config as never }
    }
    const { config } = await http.get('https://api.example.com/', { adapter: adapter as never })
    expect([seen, config.adapter]).toEqual([['Bearer t1', 'Bearer t2'], adapter])
  })

  test('an adapter finds every option that it finds without a credential', async () => {
    const seen: unknown[] = []
    const http = create({
      adapter: async (config) => {
        const { beforeRedirect: _ours, validateStatus: _asked, fetchOptions, headers: _headers, ...others } = config
        seen.push({ ...others, fetchOptions: { ...fetchOptions, redirect: 'ours' } })
        return { status: 200, statusText: '', headers: {}, config, data: '' }
      },
    })
    const options = { [Symbol.for('mine')]: 1, mine: { of: [2] }, fetchOptions: { dispatcher: 3 } }
    await http.get('https://api.example.com/', options)
    attach(http)
    await http.get('https://api.example.com/', options)
    expect(seen[1]).toEqual(seen[0])
  })

  test('transformRequest and transformResponse run once', async () => {
    const server = await serve(accepting('t2'))
    const transformRequest = vi.fn<(data: unknown) => string>((data) => `<${String(data)}>`)
    const transformResponse = vi.fn<(data: unknown) => string>((data) => `(${String(data)})`)
    const http = create({ transformRequest, transformResponse })
    attach(http)
    expect((await http.post(server.origin, 'x')).data).toBe('(welcome)')
    expect(server.received.map((it) => it.body)).toEqual(['<x>', '<x>'])
    expect([transformRequest, transformResponse].map((it) => it.mock.calls.length)).toEqual([1, 1])
  })

  test('responseType: stream', async () => {
    const server = await serve(accepting('t2'))
    const http = create({ responseType: 'stream' })
    attach(http)
    const { data } = await http.get(server.origin)
    expect(await new Response(data).text()).toBe('welcome')
  })

  test('a child has the credential once it is attached to it', async () => {
    const server = await serve(() => ({}))
    const http = create({ baseURL: server.origin })
    attach(http)
    const child = http.create()
    await child.get('/')
    attach(child)
    await child.get('/')
    expect(server.received.map((it) => it.headers.authorization)).toEqual([undefined, 'Bearer t1'])
  })

  test('cancel tokens that live long keep nothing of requests that have ended', async () => {
    const server = await serve(() => ({}))
    const http = create()
    attach(http)
    const { token } = axios.CancelToken.source()
    for (let count = 0; count < 3; count += 1) await http.get(server.origin, { cancelToken: token })
    expect(Reflect.get(token, '_listeners') ?? []).toEqual([])
  })
})

describe.each(VARIANTS.filter(({ name }) => name.startsWith('axios over') || name.includes('1.18')))(
  '$name',
  ({ create }) => {
    test.each(ORDERS)('attached $when axios-cache-interceptor: an answer is fetched once', async ({ inOrder }) => {
      const server = await serve(accepting('t2'))
      const http = create({ baseURL: server.origin })
      inOrder(http, () => setupCache(http))
      const answers = [await http.get('/boats'), await http.get('/boats')]
      expect(answers.map((it) => it.data)).toEqual(['welcome', 'welcome'])
      expect(server.received.map((it) => it.headers.authorization)).toEqual(['Bearer t1', 'Bearer t2'])
    })
  },
)

test.each(VARIANTS.filter(({ name }) => name.endsWith('fetch') && !name.includes('1.7') && !name.includes('CommonJS')))(
  '$name sends with env.fetch',
  async ({ create }) => {
    const answers = [401, 200]
    const env = { fetch: vi.fn<typeof fetch>(async () => new Response(null, { status: answers.shift() ?? 500 })) }
    const http = create({ env })
    attach(http)
    expect((await http.get('https://api.example.com/')).status).toBe(200)
    const sent = env.fetch.mock.calls.map(([request]) => (request as Request).headers.get('authorization'))
    expect(sent).toEqual(['Bearer t1', 'Bearer t2'])
  },
)
