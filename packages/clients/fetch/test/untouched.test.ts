import { withCredential } from '@valetkey/fetch'
import { serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test } from 'vitest'
import { recordingFetch } from './support/recording-fetch.ts'
import { rotatingCredential } from './support/rotating-credential.ts'

const refuse = () => ({ status: 401 })

describe('a request that is not for an origin of the credential', () => {
  test.each<[what: string, input: (url: string) => RequestInfo | URL]>([
    ['a text', (url) => url],
    ['a URL', (url) => new URL(url)],
    ['a Request', (url) => new Request(url, { method: 'POST', body: 'x' })],
  ])('C1: goes out as the very objects that the caller gave: %s', async (_what, input) => {
    const server = await serve(refuse)
    const credential = rotatingCredential({ origins: [server.otherHost] })
    const { fetch, calls } = recordingFetch()
    const args = [input(`${server.origin}/v1`), { headers: { accept: 'text/plain' } }] as const
    const response = await withCredential(fetch, credential)(...args)
    expect(response.status).toBe(401)
    expect(calls).toEqual([args])
    expect(calls[0]?.[0]).toBe(args[0])
    expect(calls[0]?.[1]).toBe(args[1])
    expect(server.received[0]?.headers.authorization).toBeUndefined()
    expect(credential.renewals).toBe(0)
  })

  test('C1: is called with one argument if the caller gave one', async () => {
    const server = await serve(() => ({}))
    const { fetch, calls } = recordingFetch()
    await withCredential(fetch, [])(server.origin)
    expect(calls).toEqual([[server.origin]])
  })

  test('C1: another port of the same host is another origin', async () => {
    const [ours, other] = [await serve(refuse), await serve(refuse)]
    await withCredential(fetch, rotatingCredential({ origins: [ours.origin] }))(`${other.origin}/v1`)
    expect(other.received[0]?.headers.authorization).toBeUndefined()
  })

  test('C1: a URL that is relative, where there is nothing to resolve it, is left to fetch', async () => {
    await expect(withCredential(fetch, rotatingCredential())('/v1')).rejects.toThrow(TypeError)
  })

  test('of several credentials the one that covers the URL is used', async () => {
    const [flume, acme] = [await serve(() => ({})), await serve(() => ({}))]
    const api = withCredential(fetch, [
      rotatingCredential({ origins: [flume.origin] }),
      rotatingCredential({ origins: [acme.origin], tokenPlace: 'x-api-key' }),
    ])
    await api(flume.origin)
    await api(acme.origin)
    expect(flume.received[0]?.headers).toMatchObject({ authorization: 'Bearer t1' })
    expect(acme.received[0]?.headers).toMatchObject({ 'x-api-key': 't1' })
  })
})

const formsOfHeaders: readonly [form: string, headers: () => HeadersInit][] = [
  ['an object', () => ({ AuthoriZation: 'Basic own' })],
  ['pairs', () => [['AUTHORIZATION', 'Basic own']]],
  ['Headers', () => new Headers({ authorization: 'Basic own' })],
  ['an iterator of Headers', () => new Headers({ authorization: 'Basic own' }).entries() as unknown as HeadersInit],
  ['a Map', () => new Map([['Authorization', 'Basic own']]) as unknown as HeadersInit],
]

describe('a request that the caller authorized itself', () => {
  test.each(formsOfHeaders)(
    'C2: goes out with the header of the caller, and its 401 renews nothing: %s',
    async (_form, headers) => {
      const server = await serve(refuse)
      const credential = rotatingCredential()
      const response = await withCredential(fetch, credential)(server.origin, { headers: headers() })
      expect(response.status).toBe(401)
      expect(server.received.map((it) => it.headers.authorization)).toEqual(['Basic own'])
      expect(credential.observed).toEqual([])
    },
  )

  test('C2: goes out with the header of its Request', async () => {
    const server = await serve(refuse)
    const credential = rotatingCredential()
    const request = new Request(server.origin, { headers: { authorization: 'Basic own' } })
    await withCredential(fetch, credential)(request)
    expect(server.received.map((it) => it.headers.authorization)).toEqual(['Basic own'])
    expect(credential.observed).toEqual([])
  })

  test('C2: is not authorized by a Request whose headers init replaces', async () => {
    const server = await serve(() => ({}))
    const request = new Request(server.origin, { headers: { authorization: 'Basic own', 'x-old': 'x' } })
    await withCredential(fetch, rotatingCredential())(request, { headers: { 'x-new': 'y' } })
    expect(server.received[0]?.headers).toMatchObject({ authorization: 'Bearer t1', 'x-new': 'y' })
    expect(server.received[0]?.headers).not.toHaveProperty('x-old')
  })

  test.each(['?api_key=own', '?a=1&api%5Fkey=own#x', '?api_key='])(
    'C2: goes out with the parameter of the caller: %s',
    async (query) => {
      const server = await serve(refuse)
      const credential = rotatingCredential({ tokenPlace: 'query' })
      const { fetch, calls } = recordingFetch()
      const url = `${server.origin}/v1${query}`
      await withCredential(fetch, credential)(url)
      expect(calls).toEqual([[url]])
      expect(credential.observed).toEqual([])
    },
  )

  test('C2: is authorized only by what the credential carries', async () => {
    const server = await serve(() => ({}))
    const credential = rotatingCredential({ tokenPlace: 'x-api-key' })
    await withCredential(fetch, credential)(server.origin, { headers: { authorization: 'Basic own' } })
    expect(server.received[0]?.headers).toMatchObject({ authorization: 'Basic own', 'x-api-key': 't1' })
  })

  test('C2: no token is fetched for it', async () => {
    const server = await serve(() => ({}))
    const authorization = () => Promise.reject(new Error('a token was fetched'))
    const api = withCredential(fetch, rotatingCredential({ authorization }))
    expect((await api(server.origin, { headers: { authorization: 'Basic own' } })).status).toBe(200)
  })
})
