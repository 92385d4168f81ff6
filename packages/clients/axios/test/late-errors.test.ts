import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { attachCredential } from '@valetkey/axios'
import { type ApiKeyCredential, createApiKeyCredential, type Placement } from '@valetkey/core'
import type { AxiosError, AxiosInstance, AxiosRequestConfig } from 'axios'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { VARIANTS, type Variant } from './support/variants.ts'

const TOKEN = 'canary-91d2.Zm9v'

const PLACES: Readonly<Record<string, (key: string) => Placement>> = {
  'as bearer token': (key) => ({ headers: { authorization: `Bearer ${key}` } }),
  'in another header': (key) => ({ headers: { 'x-api-key': key } }),
  'in the query': (key) => ({ query: { api_key: key } }),
  'in a cookie': (key) => ({ headers: { cookie: `sid=${key}` } }),
}

interface Failure {
  readonly path: string
  /** `abort` is called when the first part of the body is there. */
  config(signal: AbortSignal): AxiosRequestConfig
}

const FAILURES: Readonly<Record<string, Failure>> = {
  'a body that is too long': { path: '/long', config: () => ({ maxContentLength: 5000 }) },
  'a request that is given up': { path: '/open', config: (signal) => ({ signal }) },
  'a request that takes too long': { path: '/open', config: () => ({ timeout: 300 }) },
  'a connection that breaks': { path: '/broken', config: () => ({}) },
  'a broken connection of a limited body': { path: '/broken', config: () => ({ maxContentLength: 500_000 }) },
  'a refused answer whose body is too long': { path: '/refused', config: () => ({ maxContentLength: 5000 }) },
}

/** `/broken` is cut when the client says so, so that the headers are read before. */
const server = createServer(({ url = '' }, response) => {
  response.writeHead(url.startsWith('/refused') ? 500 : 200)
  response.write('a')
  if (/long|refused/.test(url)) response.end('x'.repeat(100_000))
})
let origin = ''

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** As error reporters do: own members, and the usual ones of errors, one level after the other. */
function reported(value: unknown, depth = 8): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return String(value)
  const names = [
    ...Object.keys(value),
    ...(value instanceof Error ? ['message', 'stack', 'cause', 'response', 'request', 'config'] : []),
  ]
  return names.map((name) => [name, reported(Reflect.get(value, name), depth - 1)])
}

function shown(error: unknown): string {
  const views = [inspect(error, { depth: 9 }), JSON.stringify(error), JSON.stringify(reported(error)), String(error)]
  return views.join('\n')
}

async function readAll(data: AsyncIterable<unknown>, onPart = () => {}): Promise<void> {
  for await (const _ of data) onPart()
}

function acme(place: ((key: string) => Placement) | undefined): ApiKeyCredential {
  return createApiKeyCredential({
    vendor: 'acme',
    origins: [origin],
    apiKey: TOKEN,
    place,
    allowInsecureRequests: true,
  })
}

/** What the request, or the reading of its body, fails with. */
async function failureOf(
  create: Variant['create'],
  { path, config }: Failure,
  attach: (http: AxiosInstance) => void,
): Promise<unknown> {
  const controller = new AbortController()
  const http = create({ responseType: 'stream', ...config(controller.signal) })
  attach(http)
  const onPart = () => {
    controller.abort()
    if (path === '/broken') server.closeAllConnections()
  }
  try {
    const { data } = await http.get(`${origin}${path}?a=b`)
    return await readAll(data, onPart)
  } catch (error) {
    return error
  }
}

describe.each(VARIANTS)('$name', ({ create }) => {
  describe.each(Object.keys(PLACES))('the token %s', (tokenPlace) => {
    test.each(Object.keys(FAILURES))('C15: is not shown by %s, whenever it fails', async (name) => {
      const attach = (http: AxiosInstance) => attachCredential(http, acme(PLACES[tokenPlace]))
      const error = await failureOf(create, FAILURES[name] as Failure, attach)
      const plain = await failureOf(create, FAILURES[name] as Failure, () => {})
      // Before 1.18 axios does not limit a stream.
      expect(error instanceof Error).toBe(plain instanceof Error)
      const body = (error as AxiosError | undefined)?.response?.data
      const later = body && (await readAll(body as AsyncIterable<unknown>).catch((it: unknown) => it))
      for (const it of [error, later]) expect(shown(it)).not.toContain(TOKEN)
    })
  })

  test('a streamed body is read as ever, whole or in part', async () => {
    const http = create({ responseType: 'stream' })
    attachCredential(http, acme(undefined))
    const whole: Uint8Array[] = []
    for await (const chunk of (await http.get(`${origin}/long`)).data) whole.push(chunk)
    expect(Buffer.concat(whole).length).toBe(100_001)
    for await (const chunk of (await http.get(`${origin}/open`)).data) {
      expect(String.fromCharCode(...chunk)).toBe('a')
      break
    }
  })
})
