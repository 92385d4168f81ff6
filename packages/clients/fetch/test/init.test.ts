import type { RequestOptions } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { type Received, serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test } from 'vitest'
import { recordingFetch } from './support/recording-fetch.ts'
import { rotatingCredential } from './support/rotating-credential.ts'

const refuseFirst = ({ headers }: Received) => ({ status: headers.authorization === 'Bearer t1' ? 401 : 200 })

const forms: readonly [form: string, headers: HeadersInit | undefined][] = [
  ['none', undefined],
  ['an object', { 'X-Id': '7' }],
  ['an object without prototype', Object.assign(Object.create(null) as Record<string, string>, { 'X-Id': '7' })],
  ['pairs', [['X-Id', '7']]],
  ['Headers', new Headers({ 'x-id': '7' })],
]

describe('the headers of the caller', () => {
  test.each(forms)('are sent twice, and stay as they are: %s', async (_form, headers) => {
    const server = await serve(refuseFirst)
    const before = headers && [...new Headers(headers)]
    const init = Object.freeze(headers ? { headers } : {})
    await withCredential(fetch, rotatingCredential())(server.origin, init)
    expect(server.received.map((it) => [it.headers['x-id'], it.headers.authorization])).toEqual([
      [headers && '7', 'Bearer t1'],
      [headers && '7', 'Bearer t2'],
    ])
    expect(headers && [...new Headers(headers)]).toEqual(before)
  })

  test.each(forms)('reach fetch in their own form: %s', async (_form, headers) => {
    const { fetch, calls } = recordingFetch(async () => new Response())
    await withCredential(fetch, rotatingCredential())('https://api.acme.example/', headers ? { headers } : {})
    const { headers: sent } = calls[0]?.[1] ?? expect.unreachable()
    expect([Array.isArray(sent), sent instanceof Headers]).toEqual([Array.isArray(headers), headers instanceof Headers])
    expect(sent).not.toBe(headers)
  })

  test('are sent when they can be read once only', async () => {
    const server = await serve(refuseFirst)
    const headers = new Headers({ 'x-id': '7' }).entries() as unknown as HeadersInit
    await withCredential(fetch, rotatingCredential())(server.origin, { headers })
    expect(server.received.map((it) => it.headers['x-id'])).toEqual(['7', '7'])
  })

  test('of a Request are sent twice, and it is not changed', async () => {
    const server = await serve(refuseFirst)
    const request = new Request(server.origin, { headers: { 'x-id': '7' } })
    await withCredential(fetch, rotatingCredential())(request)
    expect(server.received.map((it) => it.headers['x-id'])).toEqual(['7', '7'])
    expect([...request.headers]).toEqual([['x-id', '7']])
  })
})

describe('C13: the other options', () => {
  test('reach fetch as they are, also those that nobody here knows, and the init of the caller is not changed', async () => {
    const { fetch, calls } = recordingFetch(async () => new Response())
    const options = {
      dispatcher: {},
      next: { revalidate: 60 },
      cf: { cacheTtl: 5 },
      [Symbol.for('x')]: {},
      method: 'PUT',
    }
    const init = Object.freeze({ ...options, body: 'x' })
    await withCredential(fetch, rotatingCredential())('https://api.acme.example/v1', init)
    expect(calls).toHaveLength(1)
    expect(calls[0]?.[0]).toBe('https://api.acme.example/v1')
    expect(calls[0]?.[1]).toEqual({ ...init, headers: { authorization: 'Bearer t1' }, redirect: 'manual' })
    for (const [name, value] of Object.entries(options)) expect(calls[0]?.[1]).toHaveProperty(name, value)
  })

  test('are read from a class too, as fetch does', async () => {
    const server = await serve(() => ({}))
    class Defaults {
      get method() {
        return 'PUT'
      }
    }
    await withCredential(fetch, rotatingCredential())(server.origin, new Defaults())
    await withCredential(fetch, rotatingCredential())(server.origin, Object.create({ method: 'PATCH' }) as RequestInit)
    const like = new Request(server.origin, { method: 'DELETE', headers: { 'x-id': '7' } })
    await withCredential(fetch, rotatingCredential())(server.origin, like)
    expect(server.received.map((it) => it.method)).toEqual(['PUT', 'PATCH', 'DELETE'])
    expect(server.received[2]?.headers).toMatchObject({ 'x-id': '7', authorization: 'Bearer t1' })
  })

  test('of a Request are kept', async () => {
    const { fetch, calls } = recordingFetch(async () => new Response())
    const request = new Request('https://api.acme.example/v1', { method: 'PUT', keepalive: true })
    await withCredential(fetch, rotatingCredential())(request)
    expect(calls[0]?.[0]).toBe(request)
    expect(Object.keys(calls[0]?.[1] as object).toSorted()).toEqual(['headers', 'redirect'])
  })

  test('are what they were in the turn of the call, whatever the caller does with them while the token is fetched', async () => {
    const server = await serve(refuseFirst)
    const credential = rotatingCredential()
    const authorized = credential.holdAuthorization()
    const init = { method: 'PUT', headers: { 'x-id': '7' }, body: 'mine' }
    const url = new URL(`${server.origin}/mine`)
    const response = withCredential(fetch, credential)(url, init)
    Object.assign(init, { method: 'DELETE', body: 'other' })
    init.headers['x-id'] = '8'
    url.pathname = '/other'
    authorized()
    await response
    expect(server.received.map((it) => [it.method, it.path, it.headers['x-id'], it.body])).toEqual([
      ['PUT', '/mine', '7', 'mine'],
      ['PUT', '/mine', '7', 'mine'],
    ])
  })
})

describe('the headers of the caller, changed while the token is fetched,', () => {
  test.each<[form: string, headers: HeadersInit, change: (headers: never) => void]>([
    ['pairs', [['x-id', '7']], (pairs: string[][]) => pairs[0]?.splice(1, 1, '8')],
    ['an object', { 'x-id': '7' }, (object: Record<string, string>) => Object.assign(object, { 'x-id': '8' })],
    ['Headers', new Headers({ 'x-id': '7' }), (headers: Headers) => headers.set('x-id', '8')],
  ])('are sent as they were: %s', async (_form, headers, change) => {
    const server = await serve(refuseFirst)
    const credential = rotatingCredential()
    const authorized = credential.holdAuthorization()
    const response = withCredential(fetch, credential)(server.origin, { headers })
    change(headers as never)
    authorized()
    await response
    expect(server.received.map((it) => it.headers['x-id'])).toEqual(['7', '7'])
  })
})

describe('the URL', () => {
  test.each<[what: string, input: (origin: string) => RequestInfo | URL]>([
    ['a text', (origin) => `${origin}/v1?a=b#c`],
    ['a URL', (origin) => new URL(`${origin}/v1?a=b#c`)],
    ['a Request', (origin) => new Request(`${origin}/v1?a=b#c`)],
    ['an object that prints as one', (origin) => ({ toString: () => `${origin}/v1?a=b#c` }) as unknown as string],
    ['spelled unusually', (origin) => ` ${origin.replace('http', 'HTTP')}\\v1?a=b#c `],
  ])('can be given as %s', async (_what, input) => {
    const server = await serve(refuseFirst)
    const response = await withCredential(fetch, rotatingCredential({ origins: [server.origin] }))(input(server.origin))
    expect(response.url).toBe(`${server.origin}/v1?a=b`)
    expect(server.received.map((it) => it.path)).toEqual(['/v1?a=b', '/v1?a=b'])
  })
})

describe('valetkey', () => {
  const url = 'https://api.acme.example/'

  test.each<[string, RequestOptions, string | undefined]>([
    ['with the credential', { replay: true }, 'Bearer t1'],
    ['without one', { credential: false }, undefined],
  ])('does not reach the fetch, all else does: %s', async (_name, valetkey, authorization) => {
    const { fetch, calls } = recordingFetch(async () => new Response())
    const init = Object.freeze({ headers: { 'x-id': '7' }, next: { revalidate: 60 }, valetkey })
    await withCredential(fetch, rotatingCredential())(url, init)
    const [[, sent] = []] = calls
    expect(sent).not.toHaveProperty('valetkey')
    expect(sent).toMatchObject({ headers: { 'x-id': '7', ...(authorization && { authorization }) }, next: init.next })
  })

  test('is for every credential around the fetch', async () => {
    const server = await serve(() => ({}))
    const inner = withCredential(fetch, rotatingCredential({ tokenPlace: 'x-api-key' }))
    const outer = withCredential(inner, rotatingCredential())
    await outer(server.origin)
    await outer(server.origin, { valetkey: { credential: false } })
    expect(server.received.map(({ headers }) => [headers.authorization, headers['x-api-key']])).toEqual([
      ['Bearer t1', 't1'],
      [undefined, undefined],
    ])
  })

  test.each([true, false])(
    'says whether the body of a Request is kept, whatever the client says: %s',
    async (replay) => {
      const server = await serve(refuseFirst)
      const api = withCredential(fetch, rotatingCredential(), { replay: !replay })
      await api(new Request(server.origin, { method: 'POST', body: 'litres=5' }), { valetkey: { replay } })
      expect(server.received.map((it) => it.body)).toEqual(Array(replay ? 2 : 1).fill('litres=5'))
    },
  )
})
