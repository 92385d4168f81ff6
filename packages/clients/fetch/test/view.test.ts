import { describe, expect, test } from 'vitest'
import { FetchResponseView } from '../src/with-credential.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

const view = (body: BodyInit | null, headers: Record<string, string> = {}) =>
  new FetchResponseView(new Response(body, { headers: { ...JSON_TYPE, ...headers } }))

describe('what a vendor sees of an answer', () => {
  test('is its status, URL and headers', () => {
    const response = new Response(null, { status: 401, headers: { 'X-Reason': 'expired' } })
    expect(new FetchResponseView(response)).toMatchObject({ status: 401, url: '' })
    expect(new FetchResponseView(response).header('x-reason')).toBe('expired')
    expect(new FetchResponseView(response).header('x-other')).toBeNull()
  })

  test.each(['application/json', 'Application/Problem+JSON; charset=utf-8', 'text/json'])(
    'is its JSON when it is labelled %s, and the caller can read it too',
    async (type) => {
      const response = new Response('{"code":401}', { headers: { 'content-type': type } })
      expect(await new FetchResponseView(response).json()).toEqual({ code: 401 })
      expect(await response.text()).toBe('{"code":401}')
    },
  )

  test.each<[what: string, body: BodyInit | null, headers: Record<string, string>]>([
    ['a page', '<html></html>', {}],
    ['nothing', null, {}],
    ['an empty text', '', {}],
    ['half a text', '{"code":', {}],
    ['more than 64 KiB', JSON.stringify('x'.repeat(65_536)), {}],
    ['what says that it is more', '{"code":401}', { 'content-length': '65537' }],
    ['events, which have no end', new ReadableStream(), { 'content-type': 'text/event-stream; charset=utf-8' }],
    ['NDJSON', new ReadableStream(), { 'content-type': 'application/x-ndjson' }],
    ['a JSON sequence', new ReadableStream(), { 'content-type': 'application/geo+json-seq' }],
    ['a download', new ReadableStream(), { 'content-disposition': 'attachment; filename="a.json"' }],
    ['JSON that stalls', new ReadableStream(), {}],
  ])('is no JSON when the answer is %s', async (_what, body, headers) => {
    expect(await view(body, headers).json()).toBeUndefined()
  })

  test('is JSON of up to 64 KiB', async () => {
    const text = 'x'.repeat(65_534)
    expect(await view(JSON.stringify(text)).json()).toBe(text)
  })

  test('stops at 64 KiB of an answer that has no end, which the caller can go on reading', async () => {
    let chunks = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1
        controller.enqueue(new TextEncoder().encode('x'.repeat(16_384)))
      },
    })
    const response = new Response(endless, { headers: JSON_TYPE })
    expect(await new FetchResponseView(response).json()).toBeUndefined()
    expect(chunks).toBeLessThan(10)
    const reader = response.body?.getReader()
    expect((await reader?.read())?.value).toHaveLength(16_384)
    await reader?.cancel()
  })

  test('is no JSON when the caller reads the answer already', async () => {
    const response = new Response('{}')
    await response.text()
    expect(await new FetchResponseView(response).json()).toBeUndefined()
  })
})
