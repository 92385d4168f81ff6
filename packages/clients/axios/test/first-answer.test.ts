import { Readable } from 'node:stream'
import { attachCredential } from '@valetkey/axios'
import { isCredentialError, type ResponseView } from '@valetkey/core'
import { fakeCredential, findLeaks } from '@valetkey/testing'
import { accepting } from '@valetkey-app/test-support/accepting'
import { serve } from '@valetkey-app/test-support/serve'
import type { AxiosError, AxiosRequestConfig } from 'axios'
import FormDataPackage from 'form-data'
import { describe, expect, test, vi } from 'vitest'
import { VARIANTS } from './support/variants.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

const tokens = ['t1', 't2']

interface Refusal {
  readonly config: AxiosRequestConfig
  readonly headers?: Record<string, string>
  readonly body?: string
}

const fail = () => {
  throw new Error('no JSON')
}

/** What keeps axios from reading the page of a 401. */
const UNREADABLE: Readonly<Record<string, Refusal>> = {
  'is longer than maxContentLength': { config: { maxContentLength: 10 }, body: 'x'.repeat(100) },
  'cannot be decompressed': { config: {}, headers: { 'content-encoding': 'gzip' }, body: 'refused' },
  'is shorter than it says': { config: {}, headers: { 'content-length': '100', connection: 'close' }, body: 'refused' },
  'is no JSON': { config: { responseType: 'json', transitional: { silentJSONParsing: false } }, body: '<html>' },
  'cannot be transformed': { config: { transformResponse: (data) => (data === 'refused' ? fail() : data) } },
  'is no form': { config: { responseType: 'formdata' }, headers: { 'content-type': 'text/html' } },
}

describe.each(VARIANTS)('$name', ({ name, create }) => {
  const isOldFetch = /1\.7 over fetch/.test(name)

  test.each(Object.entries(UNREADABLE).filter(() => !isOldFetch))(
    'C4: a refusal whose page %s is one all the same',
    async (_what, { config, headers = {}, body = 'refused' }) => {
      const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1' }
      const server = await serve((received) =>
        received.headers.authorization === 'Bearer t2'
          ? { ...(config.responseType === 'formdata' && form), ...(config.responseType === 'json' && { body: '{}' }) }
          : { status: 401, headers, body },
      )
      const http = create(config)
      attachCredential(http, fakeCredential({ tokens }))
      expect((await http.get(server.origin)).status).toBe(200)
      expect(server.received.map((it) => it.headers.authorization)).toEqual(['Bearer t1', 'Bearer t2'])
    },
  )

  test('a page that cannot be read fails as it does without a credential where it is the answer', async () => {
    const server = await serve(() => ({ status: 401, body: 'x'.repeat(100) }))
    const http = create({ maxContentLength: 10 })
    const failed = async () => {
      const error = await http.get(server.origin).catch((it: AxiosError) => it)
      const { code, message, response } = Object(error) as AxiosError
      return { code, message, status: response?.status }
    }
    const plain = await failed()
    attachCredential(http, fakeCredential({ tokens: ['t1'] }))
    expect(await failed()).toEqual(plain)
  })

  test.each([
    ['401 by default', fakeCredential({ tokens }).refuses, { status: 401, body: '{}' }],
    [
      'a 200 by its JSON',
      async (view: ResponseView) => JSON.stringify(await view.json()).includes('expired'),
      { status: 200, headers: JSON_TYPE, body: '{"error":"expired"}' },
    ],
    ['a redirect', fakeCredential({ tokens }).refuses, { status: 307, headers: { location: '/moved' } }],
  ])('validateStatus is asked once, about the answer that the caller gets: %s', async (_what, refuses, first) => {
    for (const [status, accepts] of [
      [200, true],
      [200, false],
      [404, false],
    ] as const) {
      const server = await serve((_received, count) =>
        count === 1 ? first : { status, headers: JSON_TYPE, body: '{"ok":1}' },
      )
      const validateStatus = vi.fn<(status: number) => boolean>(() => accepts)
      const http = create({ validateStatus })
      attachCredential(http, { ...fakeCredential({ tokens }), refuses })
      const outcome = await http.get(server.origin).catch((error: AxiosError) => error)
      expect(validateStatus.mock.calls).toEqual([[status]])
      const { code, message, data, response } = Object(outcome) as AxiosError & { data: unknown }
      const plain = await create({ validateStatus: () => accepts })
        .get((await serve(() => ({ status, body: '{"ok":1}' }))).origin)
        .catch((error: AxiosError) => error)
      const expected = Object(plain) as typeof outcome & AxiosError & { data: unknown }
      expect([code, message, data, response?.status, response?.data]).toEqual([
        expected.code,
        expected.message,
        expected.data,
        expected.response?.status,
        expected.response?.data,
      ])
    }
  })

  test('a URL object is its text, also when the request is refused or redirected', async () => {
    const server = await serve((received) =>
      received.path === '/old?a=b' ? { status: 307, headers: { location: '/boats?a=b' } } : accepting('t2')(received),
    )
    for (const defaults of [{}, { baseURL: server.origin }, { params: { c: 1 } }]) {
      const http = create(defaults)
      attachCredential(http, fakeCredential({ tokens }))
      const get = (url: unknown) => http.get<string>(url as string)
      expect((await get(new URL('/boats?a=b', server.origin))).data).toBe('welcome')
      expect((await get(new URL('/old?a=b', server.origin))).data).toBe('welcome')
    }
  })

  const forms: readonly [what: string, isReplayed: boolean, make: () => unknown][] = [
    ['texts', true, () => ({ litres: 5, tags: ['é', '--b'], empty: '' })],
    ['bytes', true, () => ({ file: Buffer.from('é\r\n') })],
    ['a stream', false, () => formOf(Readable.from(['x']))],
    ['a stream whose length the caller told', false, () => formOf(Readable.from(['x']), 1)],
    ['more than 1 MiB', false, () => ({ text: 'x'.repeat(1_048_577) })],
  ]

  // What axios makes of a form over `fetch` on Node is "[object FormData]".
  test.each(name.endsWith('http') ? forms : [])(
    'C7: a form that axios makes is sent again byte for byte unless it holds streams: %s',
    async (_what, isReplayed, make) => {
      const server = await serve(accepting('t2'))
      const http = create({ validateStatus: null, maxRedirects: 0 })
      attachCredential(http, fakeCredential({ tokens }))
      const { status } = await http.postForm(server.origin, make())
      const sent = server.received.map(({ headers, body }) => [
        headers['content-type'],
        headers['content-length'],
        body,
      ])
      expect(status).toBe(isReplayed ? 200 : 401)
      expect(sent).toHaveLength(isReplayed ? 2 : 1)
      if (isReplayed) expect(sent[1]).toEqual(sent[0])
    },
  )

  test('C18: the error of a credential has the config of its caller, and shows nothing of it', async () => {
    const http = create({ headers: { 'x-own': 'canary-4f70' } })
    const seen: unknown[] = []
    http.interceptors.response.use(undefined, (error: AxiosError) => {
      seen.push([error.config?.url, error.config?.method])
      throw error
    })
    const shared = await Promise.resolve(fakeCredential({ tokens: [] }).authorization()).catch((it: unknown) => it)
    attachCredential(http, { ...fakeCredential({ tokens: [] }), authorization: () => Promise.reject(shared) })
    const errors = await Promise.all(
      ['/a', '/b'].map((path) => http.get(`https://api.example.com${path}`).catch((error: unknown) => error)),
    )
    expect(seen).toEqual(['/a', '/b'].map((path) => [`https://api.example.com${path}`, 'get']))
    for (const error of errors) {
      expect(isCredentialError(error, 'not_signed_in') && { ...error }).toEqual({ ...Object(shared) })
      expect([String(error), JSON.stringify(error)].join()).not.toContain('canary')
      expect(Object(error).stack).toContain(Object(shared).stack)
    }
    expect(shared).not.toHaveProperty('config')
    expect(findLeaks(shared, ['canary-4f70'], String)).toEqual([])
  })
})

function formOf(value: unknown, knownLength?: number): FormDataPackage {
  const form = new FormDataPackage()
  form.append('file', value, knownLength === undefined ? {} : { knownLength })
  return form
}
