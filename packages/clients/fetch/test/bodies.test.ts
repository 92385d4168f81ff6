import { withCredential } from '@valetkey/fetch'
import { type Received, serve } from '@valetkey-app/test-support/serve'
import FormDataPackage from 'form-data'
import { describe, expect, test } from 'vitest'
import { recordingFetch } from './support/recording-fetch.ts'
import { rotatingCredential } from './support/rotating-credential.ts'

const TEXT = 'litres=5&café'

/** Refuses the first token, after it has read the whole body. */
const api = ({ headers }: Received) => (headers.authorization === 'Bearer t1' ? { status: 401 } : { body: 'welcome' })

function form(): FormData {
  const data = new FormData()
  data.set('litres', '5')
  data.set('file', new Blob(['x']), 'x.txt')
  return data
}

/** What both attempts of a request carried. */
async function attempts(input: RequestInfo | URL | ((origin: string) => Request), init?: RequestInit) {
  const server = await serve(api)
  const request = typeof input === 'function' ? input(server.origin) : server.origin
  const response = await withCredential(fetch, rotatingCredential())(request, init)
  return { response, sent: server.received }
}

const replayable: readonly [what: string, body: BodyInit, type: string | undefined][] = [
  ['a text', TEXT, 'text/plain;charset=UTF-8'],
  ['URLSearchParams', new URLSearchParams({ a: 'b c' }), 'application/x-www-form-urlencoded;charset=UTF-8'],
  ['an ArrayBuffer', new TextEncoder().encode(TEXT).buffer, undefined],
  ['a view', new TextEncoder().encode(TEXT).subarray(3), undefined],
  ['a DataView', new DataView(new ArrayBuffer(4)), undefined],
  ['a Blob', new Blob([TEXT], { type: 'text/csv' }), 'text/csv'],
  ['a File', new File([TEXT], 'a.txt'), undefined],
]

describe('C7: a body that can be sent twice', () => {
  test.each(replayable)('is replayed byte for byte: %s', async (_what, body, type) => {
    const { response, sent } = await attempts('', { method: 'POST', body })
    expect(await response.text()).toBe('welcome')
    expect(sent.map((it) => it.headers['content-type'])).toEqual([type, type])
    expect(sent[0]?.body.length).toBeGreaterThan(0)
    expect(sent[1]?.body).toBe(sent[0]?.body)
  })

  test.each([null, undefined])('is replayed as nothing when it is %s', async (body) => {
    const { response, sent } = await attempts('', { method: 'POST', ...(body === null && { body }) })
    expect([await response.text(), sent.length]).toEqual(['welcome', 2])
  })

  test.each<[what: string, body: BodyInit]>([
    ['a text', TEXT],
    ['a form', form()],
    ['a stream', new Blob([TEXT]).stream()],
  ])('is replayed as it was when it is that of a Request: %s', async (_what, body) => {
    const init = { method: 'POST', body, duplex: 'half', headers: { 'x-id': '7' } }
    const { response, sent } = await attempts((origin) => new Request(origin, init))
    expect(await response.text()).toBe('welcome')
    expect(sent.map(({ method, body: it, headers }) => [method, it, headers['x-id']])).toEqual([
      ['POST', sent[0]?.body, '7'],
      ['POST', sent[0]?.body, '7'],
    ])
    expect(sent[0]?.body).toContain(body instanceof FormData ? 'litres' : 'litres=5')
  })

  test('a Request is cloned once, and not at all with replay: false', async () => {
    const server = await serve(() => ({}))
    const clones = { count: 0 }
    class CountedRequest extends Request {
      override clone() {
        clones.count += 1
        return super.clone()
      }
    }
    const request = () => new CountedRequest(server.origin, { method: 'POST', body: TEXT })
    await withCredential(fetch, rotatingCredential(), { replay: false })(request())
    expect(clones.count).toBe(0)
    await withCredential(fetch, rotatingCredential())(request())
    await withCredential(fetch, rotatingCredential())(new CountedRequest(server.origin))
    expect(clones.count).toBe(1)
  })

  test('the copy of a Request is given up when it is not needed', async () => {
    const server = await serve(() => ({}))
    const copies: Request[] = []
    class WatchedRequest extends Request {
      override clone() {
        const copy = super.clone()
        copies.push(copy)
        return copy
      }
    }
    await withCredential(fetch, rotatingCredential())(new WatchedRequest(server.origin, { method: 'POST', body: TEXT }))
    expect(copies.map((it) => it.bodyUsed)).toEqual([true])
  })

  test('the body of init is sent in place of that of the Request', async () => {
    const init = { method: 'POST', body: 'replaced' }
    const { sent } = await attempts((origin) => new Request(origin, init), { body: TEXT })
    expect(sent.map((it) => it.body)).toEqual([sent[0]?.body, sent[0]?.body])
    expect(sent[0]?.body).toContain('litres=5')
  })
})

describe('C7: a body that can be sent once', () => {
  test('renews, and the refusal is the answer: the form-data package', async () => {
    const data = new FormDataPackage()
    data.append('litres', '5')
    const { fetch, calls } = recordingFetch(async () => new Response('refused', { status: 401 }))
    const credential = rotatingCredential()
    const body = data as unknown as BodyInit
    const response = await withCredential(fetch, credential)('https://api.acme.example/', { method: 'POST', body })
    expect([response.status, calls.length]).toEqual([401, 1])
    expect(credential.observed).toContain('replay_skipped 1 401 not_replayable')
  })
})
