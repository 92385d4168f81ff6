import { createTokenCredential, isCredentialError, type ResponseView } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test } from 'vitest'
import { FETCHES } from './support/fetches.ts'
import { recordingFetch } from './support/recording-fetch.ts'
import { rotatingCredential } from './support/rotating-credential.ts'

const INNER = Symbol.for('valetkey.fetch')

describe('a wrapped fetch', () => {
  test.each(FETCHES)('renews and sends again over %s', async (_name, inner) => {
    const server = await serve(({ headers }) =>
      headers.authorization === 'Bearer t1' ? { status: 401, body: 'x'.repeat(100_000) } : { body: 'welcome' },
    )
    const response = await withCredential(inner, rotatingCredential())(server.origin, { method: 'POST', body: 'a=1' })
    expect(await response.text()).toBe('welcome')
    expect(server.received.map((it) => it.body)).toEqual(['a=1', 'a=1'])
  })

  test.each(FETCHES)('C8: frees the connection of the answer that nobody reads over %s', async (_name, inner) => {
    const server = await serve((_received, count) =>
      count === 1 ? { status: 401, body: 'never ending', isEndless: true } : { body: 'welcome' },
    )
    const response = await withCredential(inner, rotatingCredential())(server.origin)
    expect(await response.text()).toBe('welcome')
    await server.received[0]?.closed
  })

  test.each(FETCHES)('shows a vendor what %s answered', async (_name, inner) => {
    const server = await serve(({ headers }) => ({
      headers: { 'content-type': 'application/json', 'content-length': '12' },
      body: headers.authorization === 'Bearer t1' ? '{"code":401}' : '{"code":200}',
    }))
    const credential = rotatingCredential({
      refuses: async (view) => JSON.stringify(await view.json()) === '{"code":401}',
    })
    const response = await withCredential(inner, credential)(server.origin)
    expect(await response.json()).toEqual({ code: 200 })
  })

  test.each(FETCHES)(
    "rejects with what a request was aborted with while %s's answer was judged",
    async (_name, inner) => {
      const headers = { 'content-type': 'application/json', 'content-length': '100' }
      const server = await serve(() => ({ headers, body: '{"code":', isEndless: true }))
      const controller = new AbortController()
      const refuses = async (view: ResponseView): Promise<boolean> => {
        const judged = view.json()
        controller.abort(new Error('no longer needed'))
        await judged
        return false
      }
      const request = withCredential(inner, rotatingCredential({ refuses }))(server.origin, {
        signal: controller.signal,
      })
      await expect(request).rejects.toThrow('no longer needed')
      await server.received[0]?.closed
    },
  )

  test.each(FETCHES)('a long JSON answer of unknown length is read whole over %s', async (_name, inner) => {
    const body = JSON.stringify('x'.repeat(200_000))
    const server = await serve(() => ({ headers: { 'content-type': 'application/json' }, body }))
    const refuses = async (view: ResponseView): Promise<boolean> => (await view.json()) === 'refused'
    const response = await withCredential(inner, rotatingCredential({ refuses }))(server.origin)
    expect(await response.text()).toBe(body)
  })

  test.each(['authorization', 'query'] as const)(
    'needs no more of an answer than a status and a URL: %s',
    async (tokenPlace) => {
      const statuses = [401, 302]
      const mock = async (_url: string) => ({ status: statuses.shift() ?? 200, url: '' })
      const response = await withCredential(mock, rotatingCredential({ tokenPlace }))('https://api.acme.example/')
      expect(response.status).toBe(302)
    },
  )

  test('calls the fetch without `this`, as browsers and Workers demand', async () => {
    const seen: unknown[] = []
    async function strict(this: unknown, _input: RequestInfo | URL, _init?: RequestInit): Promise<Response> {
      seen.push(this)
      return new Response(undefined, { status: seen.length % 2 === 0 ? 200 : 401 })
    }
    const url = 'https://api.acme.example/'
    await withCredential(strict, rotatingCredential())(url)
    await withCredential(strict, rotatingCredential())(new Request(url, { method: 'POST', body: 'a=1' }))
    await withCredential(strict, rotatingCredential({ tokenPlace: 'query' }))(url)
    await withCredential(strict, [])('/')
    expect(seen).toEqual(Array.from({ length: 7 }, () => undefined))
  })

  test('has the other members of the fetch that it wraps', async () => {
    const preconnect = () => {}
    const inner: typeof fetch & { preconnect(): void } = Object.assign(async () => new Response(), { preconnect })
    expect(withCredential(inner, []).preconnect).toBe(preconnect)
  })

  test('points to the innermost fetch, however often it is wrapped', () => {
    const { fetch } = recordingFetch()
    const outer = withCredential(withCredential(fetch, []), [])
    expect(Reflect.get(outer, INNER)).toBe(fetch)
    expect(Object.keys(outer)).toEqual([])
  })

  test('can replace the one that its own credential asks for tokens with', async () => {
    const server = await serve(({ headers }) => ({ body: headers.authorization ?? '' }))
    const credential = createTokenCredential(
      {
        vendor: 'acme',
        origins: [server.origin],
        identity: ['self'],
        grant: {
          async acquire(context) {
            const answer = await context.fetch(`${server.origin}/token`)
            return { accessToken: `after-${(await answer.text()) || 'nothing'}` }
          },
        },
      },
      { allowInsecureRequests: true, fetch: (...args) => wrapped(...args) },
    )
    const wrapped = withCredential(fetch, credential)
    const own = createTokenCredential(
      {
        vendor: 'acme',
        origins: [server.origin],
        identity: ['own'],
        grant: { acquire: async () => ({ accessToken: 'x' }) },
      },
      { allowInsecureRequests: true, fetch: wrapped },
    )
    expect(await (await withCredential(wrapped, own)(server.origin, {})).text()).toBe('Bearer x')
    await own.close()
  })

  test.each([
    ['fetch', () => withCredential(undefined as unknown as typeof fetch, [])],
    ['source', () => withCredential(fetch, undefined as unknown as [])],
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
})
