import { Readable } from 'node:stream'
import { attachCredential } from '@valetkey/axios'
import type { Credential } from '@valetkey/core'
import { fakeCredential } from '@valetkey/testing'
import { accepting } from '@valetkey-app/test-support/accepting'
import { serve } from '@valetkey-app/test-support/serve'
import axios, { type AxiosInstance } from 'axios'
import { describe, expect, test } from 'vitest'
import { gate } from './support/gate.ts'
import { VARIANTS } from './support/variants.ts'

const tokens = ['t1', 't2']
const TEXT = 'litres=5&café'

function form(): FormData {
  const data = new FormData()
  data.set('litres', '5')
  data.set('file', new Blob(['x']), 'x.txt')
  return data
}

const replayable: readonly [what: string, body: () => unknown][] = [
  ['nothing', () => undefined],
  ['a text', () => TEXT],
  ['JSON', () => ({ name: 'Åse', of: [1, null] })],
  ['URLSearchParams', () => new URLSearchParams({ a: 'b c' })],
  ['an ArrayBuffer', () => new TextEncoder().encode(TEXT).buffer],
  ['a view', () => new TextEncoder().encode(TEXT)],
  ['a Buffer', () => Buffer.from(TEXT)],
  ['a Blob', () => new Blob([TEXT], { type: 'text/csv' })],
  ['a form', form],
]

describe.each(VARIANTS)('$name: a refused request', ({ name, create }) => {
  test.each(replayable)('C7: is sent again byte for byte with %s', async (_what, body) => {
    const server = await serve(accepting('t2'))
    const http = create()
    attachCredential(http, fakeCredential({ tokens }))
    const { data } = await http.post(server.origin, body())
    const [first, second] = server.received.map((it) => {
      // Made anew for each form that is sent.
      const boundary = /^--(.*)\r$/m.exec(it.body)?.[1] ?? '\0'
      return [it.method, it.headers['content-type']?.replace(boundary, ''), it.body.replaceAll(boundary, '')]
    })
    expect(data).toBe('welcome')
    expect(second).toEqual(first)
    if (body() !== undefined) expect(first?.[2]).not.toBe('')
  })

  const streams: readonly [what: string, body: () => unknown][] = [
    ['a Readable', () => Readable.from([TEXT])],
    ...(name.endsWith('fetch')
      ? [['a ReadableStream', () => new Blob([TEXT]).stream()] as [string, () => unknown]]
      : []),
  ]

  test.each(streams)('C7: is not sent again with %s; the next one has the new token', async (_what, body) => {
    const server = await serve(accepting('t2'))
    const credential = fakeCredential({ tokens })
    const http = create({ maxRedirects: 0 })
    attachCredential(http, credential)
    await expect(http.post(server.origin, body())).rejects.toMatchObject({ response: { status: 401 } })
    expect(credential.observed).toMatchObject([
      { event: 'refused' },
      { event: 'replay_skipped', reason: 'not_replayable' },
    ])
    expect((await http.get(server.origin)).data).toBe('welcome')
    expect(server.received).toHaveLength(2)
  })

  test('C3: that is late takes the token that is there already', async () => {
    const late = gate()
    const server = await serve(async (received, count) => {
      if (count === 1) await late.promise
      return accepting('t2')(received)
    })
    const credential = fakeCredential({ tokens })
    const http = create()
    attachCredential(http, credential)
    const first = http.get(server.origin)
    await expect.poll(() => server.received.length).toBe(1)
    await http.get(server.origin)
    late.open()
    expect((await first).data).toBe('welcome')
    expect(credential.renewals).toBe(1)
  })

  test('C4: is not sent a third time, and fails as axios fails', async () => {
    const server = await serve(accepting('t3'))
    const http = create()
    attachCredential(http, fakeCredential({ tokens: [...tokens, 'unused'] }))
    await expect(http.get(server.origin)).rejects.toMatchObject({
      name: 'AxiosError',
      code: 'ERR_BAD_REQUEST',
      response: { status: 401, data: 'refused' },
    })
    expect(server.received).toHaveLength(2)
  })

  test('C4: is not sent again with replay: false, and the next one has the new token', async () => {
    const server = await serve(accepting('t2'))
    const http = create()
    attachCredential(http, fakeCredential({ tokens }), { replay: false })
    await expect(http.get(server.origin)).rejects.toMatchObject({ response: { status: 401 } })
    expect((await http.get(server.origin)).data).toBe('welcome')
  })

  test('C5: does not hold a caller who gives up; the others get theirs', async () => {
    const server = await serve(accepting('t2'))
    const asked = gate()
    const renewed = gate()
    const fake = fakeCredential({ tokens })
    const http = create()
    attachCredential(http, slow(fake, asked.open, renewed.promise))
    const controller = new AbortController()
    const source = axios.CancelToken.source()
    const leaving = [
      http.get(server.origin, { signal: controller.signal }),
      cancellable(http, server.origin, source.token),
    ]
    const left = leaving.map((it) => it.catch((error: unknown) => error))
    const stayed = http.get(server.origin)
    await asked.promise
    await expect.poll(() => server.received.length).toBe(3)
    controller.abort()
    source.cancel('tab closed')
    const errors = await Promise.all(left)
    expect(errors).toMatchObject([
      { name: 'CanceledError', code: 'ERR_CANCELED' },
      { name: 'CanceledError', message: 'tab closed' },
    ])
    renewed.open()
    expect((await stayed).data).toBe('welcome')
    expect(fake.renewals).toBe(1)
  })

  test('C6: is the answer when there is no newer token', async () => {
    const server = await serve(accepting('t2'))
    const http = create()
    attachCredential(http, fakeCredential({ tokens: ['t1'] }))
    await expect(http.get(server.origin)).rejects.toMatchObject({ response: { status: 401 } })
    expect(server.received).toHaveLength(1)
  })

  test('C8: frees the connection of the answer that nobody sees', async () => {
    const server = await serve((received) => ({
      ...accepting('t2')(received),
      isEndless: received.headers.authorization === 'Bearer t1',
    }))
    const http = create()
    attachCredential(http, fakeCredential({ tokens }))
    expect((await http.get(server.origin, { responseType: 'stream' })).status).toBe(200)
    await server.received[0]?.closed
  })

  test('C11: is what the vendor says it is, also by its JSON and whatever the responseType', async () => {
    const server = await serve(({ headers }) => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(headers.authorization === 'Bearer t2' ? {} : { error: 'token expired' }),
    }))
    for (const responseType of ['json', 'text', 'arraybuffer'] as const) {
      const http = create()
      attachCredential(http, {
        ...fakeCredential({ tokens }),
        refuses: async (response) => JSON.stringify(await response.json()).includes('expired'),
      })
      const answer = await http.get(server.origin, { responseType })
      expect(
        JSON.stringify(responseType === 'arraybuffer' ? String(Buffer.from(answer.data)) : answer.data),
      ).not.toContain('expired')
    }
  })

  test('C11: can be told by JSON that an adapter parsed, and not by an answer that is too large', async () => {
    const answers = [{ error: 'expired' }, JSON.stringify({ filler: 'x'.repeat(65_536) })]
    const seen: unknown[] = []
    const http = create({
      adapter: async (config) => ({ status: 200, statusText: '', headers: {}, config, data: answers.shift() }),
    })
    attachCredential(http, {
      ...fakeCredential({ tokens }),
      refuses: async (response) => {
        seen.push(await response.json())
        return seen.length === 1
      },
    })
    await http.get('https://api.example.com/')
    expect(seen).toEqual([{ error: 'expired' }, undefined])
  })

  test('C11: shows its headers, and is none for want of a scope', async () => {
    const headers = { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' }
    const server = await serve(() => ({ status: 401, headers }))
    const credential = fakeCredential({ tokens })
    const http = create()
    attachCredential(http, credential)
    await expect(http.get(server.origin)).rejects.toMatchObject({ response: { status: 401 } })
    expect([credential.renewals, server.received.length]).toEqual([0, 1])
  })
})

/** The types of cancel tokens of one release do not fit those of another. */
function cancellable(http: AxiosInstance, url: string, cancelToken: unknown) {
  return http.get<unknown>(url, { cancelToken: cancelToken as never })
}

/** A credential whose refresh takes until `renewed`, unless the caller leaves. */
function slow(credential: Credential, asked: () => void, renewed: Promise<void>): Credential {
  return {
    ...credential,
    async renew(refused, options) {
      asked()
      await Promise.race([renewed, aborted(options?.signal)])
      return credential.renew(refused)
    },
  }
}

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
}
