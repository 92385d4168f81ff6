import { isCredentialError } from '@valetkey/core'
import { withCredential } from '@valetkey/ky'
import { fakeCredential } from '@valetkey/testing'
import { accepting } from '@valetkey-app/test-support/accepting'
import { serve } from '@valetkey-app/test-support/serve'
import ky, { replaceOption } from 'ky'
import { describe, expect, test, vi } from 'vitest'
import { MAJORS } from './support/majors.ts'

const tokens = ['t1', 't2']

describe.each(MAJORS)('$name', ({ name, ky, prefix }) => {
  test('sends the credential to its own origin and to no other', async () => {
    const elsewhere = await serve(() => ({}))
    const api = await serve(() => ({}))
    const http = withCredential(ky, fakeCredential({ tokens, origins: [api.origin] })).extend(prefix(api.origin))
    await http('v1')
    await ky.get(api.origin)
    await withCredential(ky, fakeCredential({ tokens, origins: [api.origin] }))(elsewhere.origin)
    expect(api.received.map((it) => [it.path, it.headers.authorization])).toEqual([
      ['/v1', 'Bearer t1'],
      ['/', undefined],
    ])
    expect(elsewhere.received.map((it) => it.headers.authorization)).toEqual([undefined])
  })

  test('sends a body, parameters and a prefix a second time byte for byte', async () => {
    const server = await serve(accepting('t2', '{"ok":true}'))
    const http = withCredential(ky.extend(prefix(server.origin)), fakeCredential({ tokens }))
    const answer = await http.post('v1/boats', { json: { name: 'Åse' }, searchParams: { a: 'b c' } }).json()
    expect(answer).toEqual({ ok: true })
    expect(server.received.map(({ method, path, body }) => [method, path, body])).toEqual(
      Array(2).fill(['POST', '/v1/boats?a=b+c', Buffer.from('{"name":"Åse"}').toString('latin1')]),
    )
  })

  test('composes with the fetch that the instance has, which gets what ky hands to a fetch', async () => {
    const server = await serve(accepting('t2'))
    const inner = vi.fn<typeof fetch>((input, init) => fetch(input, init))
    const next = { revalidate: 60 }
    const http = withCredential(ky.extend({ fetch: inner }), fakeCredential({ tokens }))
    expect(await http(server.origin, { next } as object).text()).toBe('welcome')
    expect(inner.mock.calls.map(([, init]) => init)).toEqual([
      expect.objectContaining({ next }),
      expect.objectContaining({ next }),
    ])
  })

  test('a valetkey of the instance and one of the request are merged, as ky merges options', async () => {
    const server = await serve(accepting('t2'))
    const inner = vi.fn<typeof fetch>((input, init) => fetch(input, init))
    const http = withCredential(ky.extend({ fetch: inner }), fakeCredential({ tokens })).extend({
      valetkey: { replay: false },
    })
    const other = fakeCredential({ tokens: ['other'] })
    await http(server.origin, { valetkey: { credential: other }, throwHttpErrors: false })
    await http(server.origin, { valetkey: { credential: false }, throwHttpErrors: false })
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer other', undefined])
    for (const [, init] of inner.mock.calls) expect(init).not.toHaveProperty('valetkey')
    const replaced = { credential: replaceOption(fakeCredential({ tokens: ['replaced'] })) }
    if (name === 'ky 2')
      await http.extend({ valetkey: { credential: other } })(server.origin, {
        valetkey: replaced,
        throwHttpErrors: false,
      })
    if (name === 'ky 2') expect(server.received.at(-1)?.headers.authorization).toBe('Bearer replaced')
  })

  test('uses the fetch that is the global one at the time of the request', async () => {
    const http = withCredential(ky, fakeCredential({ tokens }))
    vi.stubGlobal('fetch', async () => new Response('from the stub'))
    expect(await http('https://api.example.com/').text()).toBe('from the stub')
  })

  test('extend keeps the credential, and the instance that went in stays as it was', async () => {
    const server = await serve(() => ({}))
    const parent = ky.create({ headers: { 'x-app': 'boats' } })
    const http = withCredential(parent, fakeCredential({ tokens }))
    await http.extend({ headers: { 'x-page': '1' } })(server.origin)
    await parent(server.origin)
    const seen = server.received.map(({ headers }) => [headers.authorization, headers['x-app'], headers['x-page']])
    expect(seen).toEqual([
      ['Bearer t1', 'boats', '1'],
      [undefined, 'boats', undefined],
    ])
  })
})

test.each([
  ['ky', () => withCredential(undefined as unknown as typeof ky, [])],
  ['source', () => withCredential(ky, undefined as unknown as [])],
])('is refused without a %s', (option, wrap) => {
  let error: unknown
  try {
    wrap()
  } catch (thrown) {
    error = thrown
  }
  expect(isCredentialError(error, 'invalid_option') && error.option).toBe(option)
  expect(String(error)).toContain(`"${option}" must be`)
})
