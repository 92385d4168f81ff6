import { withCredential } from '@valetkey/ky'
import { fakeCredential } from '@valetkey/testing'
import { accepting } from '@valetkey-app/test-support/accepting'
import { carried } from '@valetkey-app/test-support/carried'
import { serve } from '@valetkey-app/test-support/serve'
import ky2, { type Options } from 'ky'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { MAJORS } from './support/majors.ts'

const tokens = ['t1', 't2', 't3']

/** What a hook of either major is given of the request. */
function requestOf(given: unknown): Request {
  return given instanceof Request ? given : (given as { readonly request: Request }).request
}

/** The types of hooks differ between the majors. */
function hooks(all: Readonly<Record<string, readonly ((given: unknown) => unknown)[]>>): Options {
  return { hooks: all }
}

describe.each(MAJORS)('$name: retry', ({ ky }) => {
  const retryOnce = { limit: 1, delay: () => 0 }

  test('a 401 that ky is told to try again is renewed at each try', async () => {
    const server = await serve(accepting('t3'))
    const http = withCredential(ky, fakeCredential({ tokens }))
    expect(await http(server.origin, { retry: { ...retryOnce, statusCodes: [401] } }).text()).toBe('welcome')
    const sent = server.received.map(({ headers }) => headers.authorization)
    expect(sent).toEqual(['Bearer t1', 'Bearer t2', 'Bearer t2', 'Bearer t3'])
  })

  test('a try after a 503 has the token that another request got meanwhile', async () => {
    const busy = (token: string | undefined) => ({ status: token === 'Bearer t1' ? 503 : 200, body: 'welcome' })
    const server = await serve((received) =>
      received.path === '/busy' ? busy(received.headers.authorization) : accepting('t2')(received),
    )
    const credential = fakeCredential({ tokens })
    const http = withCredential(ky, credential)
    const beforeRetry = () => http(server.origin).then(() => undefined)
    const answer = await http(`${server.origin}/busy`, { retry: retryOnce, ...hooks({ beforeRetry: [beforeRetry] }) })
    expect([await answer.text(), credential.renewals]).toEqual(['welcome', 1])
  })
})

/** An API that refuses the first request and never answers the next; the clock stands still until that one is there. */
async function refuseThenHang(afterwards: number): Promise<string> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { origin } = await serve((_received, count) => {
    if (count === 1) return { status: 401 }
    vi.advanceTimersByTime(afterwards)
    return new Promise(() => {})
  })
  return origin
}

describe.each(MAJORS)('$name: timeout', ({ ky }) => {
  test('covers the request that is sent again', async () => {
    const http = withCredential(ky, fakeCredential({ tokens }))
    const origin = await refuseThenHang(5000)
    await expect(http(origin, { timeout: 5000, retry: 0 })).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

describe.each(MAJORS)('$name: hooks', ({ ky }) => {
  test('beforeRequest may authorize a request itself, which is then the caller’s own', async () => {
    const server = await serve(() => ({ status: 401 }))
    const credential = fakeCredential({ tokens })
    const http = withCredential(ky, credential)
    const beforeRequest = (given: unknown) => requestOf(given).headers.set('authorization', 'Basic own')
    await http(server.origin, { throwHttpErrors: false, ...hooks({ beforeRequest: [beforeRequest] }) })
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Basic own'])
    expect([credential.authorizations, credential.renewals]).toEqual([0, 0])
  })

  test('beforeRequest may answer by itself, for which no token is asked', async () => {
    const server = await serve(() => ({}))
    const credential = fakeCredential({ tokens })
    const http = withCredential(ky, credential).extend(hooks({ beforeRequest: [() => new Response('cached')] }))
    expect(await http(server.origin).text()).toBe('cached')
    expect([server.received.length, credential.authorizations]).toEqual([0, 0])
  })

  test('beforeRequest may send the request elsewhere, where the credential does not go', async () => {
    const elsewhere = await serve(() => ({}))
    const api = await serve(() => ({}))
    const http = withCredential(ky, fakeCredential({ tokens, origins: [api.origin] }))
    await http(api.origin, hooks({ beforeRequest: [(given) => new Request(elsewhere.origin, requestOf(given))] }))
    expect(api.received).toEqual([])
    expect(elsewhere.received.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  test('a replay is no retry: beforeRetry and beforeError are not asked about the refusal', async () => {
    const server = await serve(accepting('t2'))
    const spies = { beforeRetry: vi.fn<() => void>(), beforeError: vi.fn<() => void>() }
    const http = withCredential(ky, fakeCredential({ tokens }))
    const seen = hooks({ beforeRetry: [() => spies.beforeRetry()], beforeError: [() => spies.beforeError()] })
    expect(await http(server.origin, seen).text()).toBe('welcome')
    expect([spies.beforeRetry, spies.beforeError].map(({ mock }) => mock.calls.length)).toEqual([0, 0])
  })

  test('afterResponse may put another answer in place of the final one', async () => {
    const server = await serve(accepting('t2'))
    const afterResponse = vi.fn<() => Response>(() => new Response('mapped'))
    const http = withCredential(ky, fakeCredential({ tokens }))
    expect(await http(server.origin, hooks({ afterResponse: [() => afterResponse()] })).text()).toBe('mapped')
    expect([afterResponse.mock.calls.length, server.received.length]).toEqual([1, 2])
  })
})

describe.each(MAJORS)('$name: extend', ({ ky }) => {
  test('children of children before and after have the credential, and each what was given on the way', async () => {
    const server = await serve(accepting('t2'))
    const inherit = (name: string): Options => ({ headers: { [`x-${name}`]: name } })
    const parent = ky.extend(inherit('a')).extend(inherit('b'))
    const child = withCredential(parent, fakeCredential({ tokens })).extend(inherit('c')).extend(inherit('d'))
    expect(await child(server.origin).text()).toBe('welcome')
    for (const { headers } of server.received) {
      expect(headers).toMatchObject({ 'x-a': 'a', 'x-b': 'b', 'x-c': 'c', 'x-d': 'd' })
    }
    await expect(parent(server.origin)).rejects.toMatchObject({ response: { status: 401 } })
  })

  test('a child of one credential may have a second, and each goes to its own origin', async () => {
    const [water, air] = [await serve(accepting('w2')), await serve(accepting('a2'))]
    const withWater = withCredential(ky, fakeCredential({ tokens: ['w1', 'w2'], origins: [water.origin] }))
    const http = withCredential(withWater, fakeCredential({ tokens: ['a1', 'a2'], origins: [air.origin] }))
    expect(await Promise.all([http(water.origin).text(), http(air.origin).text()])).toEqual(['welcome', 'welcome'])
    expect([water, air].map(({ received }) => received.length)).toEqual([2, 2])
  })
})

describe.each(MAJORS)('$name: searchParams', ({ ky }) => {
  test.each<[form: string, searchParams: Options['searchParams']]>([
    ['an object', { a: 'b c', d: 1 }],
    [
      'pairs',
      [
        ['a', 'b c'],
        ['d', 1],
      ],
    ],
    ['URLSearchParams', new URLSearchParams({ a: 'b c', d: '1' })],
    ['text', '?a=b%20c&d=1'],
  ])('as %s are sent twice beside a key in the query, which is replaced', async (_form, searchParams) => {
    const server = await serve(({ path }) => ({ status: path.endsWith('api_key=k2') ? 200 : 401 }))
    await withCredential(ky, carried('query', ['k1', 'k2']))(server.origin, { searchParams })
    const sent = server.received.map(({ path }) => [...new URLSearchParams(path.slice(1))])
    expect(sent).toEqual(
      ['k1', 'k2'].map((key) => [
        ['a', 'b c'],
        ['d', '1'],
        ['api_key', key],
      ]),
    )
  })
})

describe.each(MAJORS)('$name: json', ({ ky }) => {
  test('is written once and sent twice, and only the final answer is parsed', async () => {
    const server = await serve(accepting('t2', '{"ok":true}'))
    const stringifyJson = vi.fn<(data: unknown) => string>((data) => JSON.stringify(data))
    const parseJson = vi.fn<(text: string) => unknown>((text) => JSON.parse(text))
    const http = withCredential(ky, fakeCredential({ tokens })).extend({ stringifyJson, parseJson })
    expect(await http.put(server.origin, { json: { name: 'Tern' } }).json()).toEqual({ ok: true })
    expect(server.received.map(({ body }) => body)).toEqual(['{"name":"Tern"}', '{"name":"Tern"}'])
    expect([stringifyJson, parseJson].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
  })

  test('is sent twice although ky counts its bytes on the way', async () => {
    const server = await serve(accepting('t2'))
    const onUploadProgress = vi.fn<() => void>()
    const http = withCredential(ky, fakeCredential({ tokens }))
    expect(await http.post(server.origin, { json: [1, 2, 3], onUploadProgress }).text()).toBe('welcome')
    expect(server.received.map(({ body }) => body)).toEqual(['[1,2,3]', '[1,2,3]'])
    expect(onUploadProgress).toHaveBeenCalled()
  })
})

test('ky 2: an absolute URL leaves baseUrl, and the credential behind', async () => {
  const elsewhere = await serve(() => ({}))
  const api = await serve(accepting('t2'))
  const credential = fakeCredential({ tokens, origins: [api.origin] })
  const http = withCredential(ky2, credential).extend({ baseUrl: `${api.origin}/v1/` })
  expect(await http('boats').text()).toBe('welcome')
  await http(`${elsewhere.origin}/boats`)
  expect(api.received.map(({ path }) => path)).toEqual(['/v1/boats', '/v1/boats'])
  expect(elsewhere.received.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

test('ky 2: totalTimeout covers the request that is sent again', async () => {
  const http = withCredential(ky2, fakeCredential({ tokens }))
  const origin = await refuseThenHang(5000)
  await expect(http(origin, { timeout: false, totalTimeout: 5000 })).rejects.toMatchObject({ name: 'TimeoutError' })
})
