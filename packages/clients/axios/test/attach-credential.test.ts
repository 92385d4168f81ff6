import { attachCredential } from '@valetkey/axios'
import { isCredentialError } from '@valetkey/core'
import { fakeCredential } from '@valetkey/testing'
import { accepting } from '@valetkey-app/test-support/accepting'
import { carried } from '@valetkey-app/test-support/carried'
import { serve } from '@valetkey-app/test-support/serve'
import axios, { type AxiosInstance, type AxiosRequestConfig } from 'axios'
import { describe, expect, test } from 'vitest'
import { gate } from './support/gate.ts'
import { VARIANTS } from './support/variants.ts'

const tokens = ['t1', 't2']

describe.each(VARIANTS)('$name', ({ create }) => {
  test('C1: sends the credential to its own origin and to no other, whatever the base URL', async () => {
    const [api, elsewhere] = [await serve(() => ({})), await serve(() => ({}))]
    const http = create({ baseURL: `${api.origin}/v1` })
    attachCredential(http, fakeCredential({ tokens, origins: [api.origin] }))
    await http.get('boats', { params: { a: 'b c' } })
    await http.get(`${elsewhere.origin}/boats`)
    expect(api.received.map((it) => [it.path, it.headers.authorization])).toEqual([['/v1/boats?a=b+c', 'Bearer t1']])
    expect(elsewhere.received.map((it) => [it.path, it.headers.authorization])).toEqual([['/boats', undefined]])
  })

  test('C1: looks at the URL that interceptors of others leave', async () => {
    const [api, elsewhere] = [await serve(() => ({})), await serve(() => ({}))]
    const http = create({ baseURL: api.origin })
    http.interceptors.request.use((config) => Object.assign(config, { baseURL: elsewhere.origin }))
    attachCredential(http, fakeCredential({ tokens, origins: [api.origin] }))
    await http.get('/')
    expect(elsewhere.received.map((it) => it.headers.authorization)).toEqual([undefined])
  })

  const own: readonly [what: string, config: AxiosRequestConfig, sent: string | undefined][] = [
    ['a header', { headers: { Authorization: 'Basic YTpi' } }, 'Basic YTpi'],
    ['the auth option', { auth: { username: 'a', password: 'b' } }, 'Basic YTpi'],
    ['a header that it turned off', { headers: { Authorization: false } }, undefined],
  ]

  test.each(own)('C2: leaves a request that the caller authorized with %s as it is', async (_what, config, sent) => {
    const server = await serve(() => ({ status: 401 }))
    const credential = fakeCredential({ tokens })
    const http = create()
    attachCredential(http, credential)
    await expect(http.get(server.origin, config)).rejects.toMatchObject({ response: { status: 401 } })
    expect(server.received.map((it) => it.headers.authorization)).toEqual([sent])
    expect([credential.authorizations, credential.renewals]).toEqual([0, 0])
  })

  test('a header that is undefined is none', async () => {
    const server = await serve(() => ({}))
    const http = create()
    attachCredential(http, fakeCredential({ tokens }))
    for (const name of ['Authorization', 'AUTHORIZATION'])
      await http.get(server.origin, { headers: { [name]: undefined } } as AxiosRequestConfig)
    expect(server.received.map((it) => it.headers.authorization)).toEqual(['Bearer t1', 'Bearer t1'])
  })

  test.each<AxiosRequestConfig>([{ params: { api_key: 'mine' } }, { url: '/?api_key=mine' }])(
    'C2: leaves a request that has the parameter already as it is: %j',
    async (config) => {
      const server = await serve(() => ({}))
      const http = create({ baseURL: server.origin })
      attachCredential(http, carried('query', ['k1']))
      await http.request(config)
      expect(server.received.map((it) => it.path)).toEqual(['/?api_key=mine'])
    },
  )

  test.each<[AxiosRequestConfig, string]>([
    [{ url: '/boats' }, '/boats?api_key=k%201'],
    [{ url: '/boats?a=b%20c#part' }, '/boats?a=b%20c&api_key=k%201'],
    [{ url: '/boats', params: { a: [1, 2] } }, '/boats?a[]=1&a[]=2&api_key=k%201'],
    [
      {
        url: '/',
        params: new URLSearchParams([
          ['a', '1'],
          ['a', '2'],
        ]),
      },
      '/?a=1&a=2&api_key=k%201',
    ],
    [{ url: '/boats', params: { a: 1 }, paramsSerializer: () => 'own=1' }, '/boats?own=1&api_key=k%201'],
  ])('adds its parameter to those of the request: %j', async (config, path) => {
    const server = await serve(() => ({}))
    const http = create({ baseURL: server.origin })
    attachCredential(http, carried('query', ['k 1']))
    await http.request(config)
    expect(
      server.received.map((it) => it.path.replaceAll('+', '%20').replaceAll(/%5B/gi, '[').replaceAll(/%5D/gi, ']')),
    ).toEqual([path])
  })

  test('an absolute URL that the caller does not allow stays below the base URL, and is the API', async () => {
    const [api, elsewhere] = [await serve(() => ({})), await serve(() => ({}))]
    const http = create({ baseURL: elsewhere.origin, allowAbsoluteUrls: false })
    attachCredential(http, fakeCredential({ tokens, origins: [api.origin] }))
    await http.get(`${api.origin}/boats`).catch(() => {})
    expect(elsewhere.received.map((it) => it.headers.authorization)).not.toContain('Bearer t1')
  })

  test('of several credentials sends the one that covers the URL', async () => {
    const [water, air] = [await serve(() => ({})), await serve(() => ({}))]
    const http = create()
    attachCredential(http, [
      fakeCredential({ tokens: ['water'], origins: [water.origin] }),
      fakeCredential({ tokens: ['air'], origins: [air.origin] }),
    ])
    await Promise.all([http.get(water.origin), http.get(air.origin)])
    const sent = [water, air].map(({ received }) => received[0]?.headers.authorization)
    expect(sent).toEqual(['Bearer water', 'Bearer air'])
  })

  test('a function is asked for the credential of every URL', async () => {
    const server = await serve(() => ({}))
    const users = { '/a': fakeCredential({ tokens: ['anne'] }), '/b': fakeCredential({ tokens: ['bo'] }) }
    const asked: string[] = []
    const http = create({ baseURL: server.origin })
    attachCredential(http, (url) => {
      asked.push(url)
      return users[new URL(url).pathname as keyof typeof users]
    })
    for (const path of ['/a', '/b', '/c']) await http.get(path, { params: { x: 1 } })
    expect(asked).toEqual(['/a', '/b', '/c'].map((path) => `${server.origin}${path}?x=1`))
    expect(server.received.map((it) => it.headers.authorization)).toEqual(['Bearer anne', 'Bearer bo', undefined])
  })

  test('two attachments to one instance each serve their own origin', async () => {
    const [water, air] = [await serve(accepting('w2')), await serve(accepting('a2'))]
    const http = create()
    attachCredential(http, fakeCredential({ tokens: ['w1', 'w2'], origins: [water.origin] }))
    attachCredential(http, fakeCredential({ tokens: ['a1', 'a2'], origins: [air.origin] }))
    const answers = await Promise.all([http.get(water.origin), http.get(air.origin)])
    expect(answers.map((it) => [it.data, it.config.adapter])).toEqual(Array(2).fill(['welcome', http.defaults.adapter]))
  })

  test('of two attachments for one origin the first one is sent, and renewed', async () => {
    const server = await serve(accepting('a2'))
    const http = create()
    attachCredential(http, fakeCredential({ tokens: ['a1', 'a2'] }))
    attachCredential(http, fakeCredential({ tokens: ['b1'] }))
    const { config } = await http.get(server.origin)
    expect(server.received.map((it) => it.headers.authorization)).toEqual(['Bearer a1', 'Bearer a2'])
    expect(config.adapter).toEqual(http.defaults.adapter)
  })

  test('C16: a request on its way when it is detached ends with the credential', async () => {
    const held = gate()
    const server = await serve(async (received) => {
      await held.promise
      return accepting('t2')(received)
    })
    const http = create()
    const detach = attachCredential(http, fakeCredential({ tokens }))
    const pending = http.get(server.origin)
    await expect.poll(() => server.received.length).toBe(1)
    detach()
    held.open()
    expect((await pending).data).toBe('welcome')
  })

  test('C16: detached, the instance is as it was', async () => {
    const server = await serve(() => ({}))
    const http = create({ baseURL: server.origin })
    http.interceptors.request.use((config) => config)
    const before = snapshot(http)
    const detach = attachCredential(http, fakeCredential({ tokens }))
    await http.get('/')
    detach()
    detach()
    expect(snapshot(http)).toEqual(before)
    await http.get('/')
    expect(server.received.map((it) => it.headers.authorization)).toEqual(['Bearer t1', undefined])
  })

  test('C16: detached first, it leaves the interceptors that were added later in their places', async () => {
    const server = await serve(() => ({}))
    const http = create()
    const detach = attachCredential(http, fakeCredential({ tokens }))
    const later = http.interceptors.request.use((config) => {
      config.headers.set('x-later', '1')
      return config
    })
    detach()
    await http.get(server.origin)
    http.interceptors.request.eject(later)
    await http.get(server.origin)
    expect(server.received.map(({ headers }) => [headers.authorization, headers['x-later']])).toEqual([
      [undefined, '1'],
      [undefined, undefined],
    ])
  })

  test('C17: with a fresh token the request is sent in the turn of the call', () => {
    const sent: unknown[] = []
    const http = create({
      adapter: (config) => {
        sent.push(config.headers.get('authorization'))
        return new Promise(() => {})
      },
    })
    attachCredential(http, fakeCredential({ tokens }))
    void http.get('https://api.example.com/')
    expect(sent).toEqual(['Bearer t1'])
  })

  test('C18: a credential that fails rejects the request with its error, and nothing is sent', async () => {
    const server = await serve(() => ({}))
    const http = create()
    attachCredential(http, fakeCredential({ tokens: [] }))
    const error: unknown = await http.get(server.origin).catch((it: unknown) => it)
    expect(isCredentialError(error, 'not_signed_in')).toBe(true)
    expect(server.received).toEqual([])
  })

  test.each(['boats', 'http:127.0.0.1:1', 'http://', ''])(
    'a URL that is none fails as it does without: "%s"',
    async (url) => {
      const errors = await Promise.all(
        [true, false].map(async (isAttached) => {
          const http = create()
          if (isAttached) attachCredential(http, fakeCredential({ tokens }))
          return http.get(url).catch((error: unknown) => String(error))
        }),
      )
      expect(errors[0]).toBe(errors[1])
    },
  )
})

test('the default instance is one too, called as it may be', async () => {
  const server = await serve(() => ({}))
  const before = snapshot(axios)
  const detach = attachCredential(axios, fakeCredential({ tokens }))
  await axios(server.origin)
  await axios({ url: server.origin, method: 'PATCH' })
  await axios.postForm(server.origin, { a: 1 })
  detach()
  expect(snapshot(axios)).toEqual(before)
  expect(server.received.map((it) => [it.method, it.headers.authorization])).toEqual(
    ['GET', 'PATCH', 'POST'].map((method) => [method, 'Bearer t1']),
  )
})

test.each([
  ['instance', () => attachCredential(undefined as unknown as AxiosInstance, [])],
  ['instance', () => attachCredential(fetch as unknown as AxiosInstance, [])],
  ['source', () => attachCredential(axios.create(), undefined as unknown as [])],
])('is refused without a %s', (option, attach) => {
  let error: unknown
  try {
    attach()
  } catch (thrown) {
    error = thrown
  }
  expect(isCredentialError(error, 'invalid_option') && error.option).toBe(option)
  expect(String(error)).toContain(`[@valetkey/axios] "${option}" must be`)
})

function snapshot({ defaults, interceptors }: AxiosInstance) {
  return {
    defaults: { ...defaults },
    request: [...(interceptors.request.handlers ?? [])],
    response: [...(interceptors.response.handlers ?? [])],
  }
}
