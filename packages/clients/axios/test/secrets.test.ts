import { text } from 'node:stream/consumers'
import { inspect } from 'node:util'
import { attachCredential } from '@valetkey/axios'
import { findLeaks } from '@valetkey/testing'
import { carried, TOKEN_PLACES } from '@valetkey-app/test-support/carried'
import { serve } from '@valetkey-app/test-support/serve'
import axios, { type AxiosError, type InternalAxiosRequestConfig } from 'axios'
import { describe, expect, test } from 'vitest'
import { VARIANTS } from './support/variants.ts'

const CANARIES = ['canary-91d2', 'canary-4f70']

const deep = (value: unknown) => inspect(value, { depth: 9, showHidden: true })

describe.each(VARIANTS)('$name', ({ create }) => {
  test.each(TOKEN_PLACES)('C15: shows the secret on no answer, error or config: %s', async (tokenPlace) => {
    const server = await serve(({ path }) => ({ status: path.startsWith('/ok') ? 200 : 401 }))
    const http = create({ baseURL: server.origin })
    const configs: InternalAxiosRequestConfig[] = []
    const see = (config: InternalAxiosRequestConfig) => {
      configs.push(config)
      return config
    }
    http.interceptors.request.use(see)
    attachCredential(http, carried(tokenPlace, CANARIES))
    http.interceptors.request.use(see)
    const error = await http.post('/v1', {}, { params: { a: 'b' } }).catch((it: AxiosError) => it)
    const answer = await http.get('/ok?a=b')
    expect(error).toMatchObject({ name: 'AxiosError', response: { status: 401 } })
    expect(JSON.stringify(server.received)).toContain(CANARIES[1])
    for (const it of [error, 'response' in error && error.response, answer]) {
      expect(findLeaks(it, CANARIES, deep)).toEqual([])
      expect(configs).toContain(Object(it).config)
    }
    expect(findLeaks(configs, CANARIES, deep)).toEqual([])
  })

  test('C15: tells of the request where it went, and nothing else', async () => {
    const server = await serve(() => ({}))
    const http = create({ baseURL: server.origin })
    attachCredential(http, carried('query', CANARIES))
    const { request } = await http.put('/v1/boats?a=b')
    expect(request).toEqual({
      method: 'PUT',
      host: new URL(server.origin).host,
      path: '/v1/boats?a=b',
      res: { responseUrl: `${server.origin}/v1/boats?a=b` },
    })
  })

  test.each(TOKEN_PLACES)(
    'C15: shows it in no error of the network, nor when the request is aborted: %s',
    async (tokenPlace) => {
      const server = await serve(() => new Promise(() => {}))
      const http = create()
      attachCredential(http, carried(tokenPlace, CANARIES))
      const controller = new AbortController()
      const failing = [
        http.get(`${server.origin}/pending`, { signal: controller.signal }),
        http.get(server.origin, { timeout: 30 }),
        http.get('http://127.0.0.1:1'),
      ].map((it) => it.catch((error: unknown) => error))
      await expect.poll(() => server.received.some(({ path }) => path.startsWith('/pending'))).toBe(true)
      controller.abort()
      const errors = await Promise.all(failing)
      expect(errors).toMatchObject([
        { code: 'ERR_CANCELED' },
        { code: expect.stringMatching(/ECONNABORTED|ETIMEDOUT/) },
        { config: {} },
      ])
      expect(findLeaks(errors, CANARIES, deep)).toEqual([])
    },
  )

  test('passes requests of others through as they are: the config and the request are the adapter’s', async () => {
    const server = await serve(() => ({ status: 401 }))
    const http = create()
    attachCredential(http, carried('authorization', CANARIES, ['https://api.example.com']))
    const plain = await create()
      .get(server.origin)
      .catch((it: AxiosError) => it)
    const ours = await http.get(server.origin).catch((it: AxiosError) => it)
    expect(Object.keys(Object(ours))).toEqual(Object.keys(Object(plain)))
    expect(ours.request?.constructor).toBe(plain.request?.constructor)
  })

  test.each(TOKEN_PLACES)('C15: printing a stream does not show it, nor does its error: %s', async (tokenPlace) => {
    const server = await serve(({ path }) => ({ body: 'half', isEndless: path.startsWith('/endless') }))
    const http = create({ responseType: 'stream' })
    attachCredential(http, carried(tokenPlace, CANARIES))
    const answer = await http.get(`${server.origin}/v1`)
    const shown = inspect(answer, { depth: 9 })
    for (const canary of CANARIES) expect(shown).not.toContain(canary)
    expect(await text(answer.data)).toBe('half')
    const controller = new AbortController()
    const { data } = await http.get(`${server.origin}/endless`, { signal: controller.signal })
    const reading = text(data).catch((error: unknown) => error)
    controller.abort()
    const error = await reading
    expect(error).toBeInstanceOf(Error)
    for (const canary of CANARIES) expect(inspect(error, { depth: 9 })).not.toContain(canary)
  })
})

test('C15: an xhr loses the key of its URL, and nothing else that a program reads', async () => {
  const url = 'https://api.example.com/v1?a=b'
  const http = axios.create({
    adapter: async (config) => ({
      status: 200,
      statusText: 'OK',
      headers: {},
      data: 'welcome',
      config,
      request: { responseURL: `${url}&api_key=${CANARIES[0]}`, status: 200, responseType: '', responseText: 'welcome' },
    }),
  })
  attachCredential(http, carried('query', CANARIES))
  const { request } = await http.get(url)
  expect(request).toMatchObject({ responseURL: url, status: 200, responseText: 'welcome', res: { responseUrl: url } })
})
