import { withCredential } from '@valetkey/fetch'
import { type Received, serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test } from 'vitest'
import { rotatingCredential } from './support/rotating-credential.ts'

const MIB = 1_048_576

function post(url: string, body: BodyInit, signal: AbortSignal | null = null): Request {
  const init = { method: 'POST', body, duplex: 'half', signal }
  return new Request(url, init)
}

const refuseFirst = ({ headers, path }: Received) =>
  headers.authorization === 'Bearer t1' || path.includes('t1') ? { status: 401 } : { body: 'welcome' }

function streamOf(text: string): ReadableStream {
  return new Blob([text]).stream()
}

describe.each(['authorization', 'query'] as const)('the body of a Request, with the key in %s,', (tokenPlace) => {
  const upload = async (length: number, make: (text: string) => BodyInit) => {
    const server = await serve(refuseFirst)
    const credential = rotatingCredential({ tokenPlace })
    const request = post(server.origin, make('x'.repeat(length)))
    const { status } = await withCredential(fetch, credential)(request)
    return { status, lengths: server.received.map(({ body }) => body.length), credential }
  }

  test.each([
    ['a text', (text: string) => text],
    ['a stream', streamOf],
  ])('is replayed up to 1 MiB: %s', async (_what, make) => {
    const { status, lengths } = await upload(MIB, make)
    expect([status, lengths]).toEqual([200, [MIB, MIB]])
  })

  test.each([
    ['a text', (text: string) => text],
    ['a stream', streamOf],
  ])('is sent whole and not replayed beyond it: %s', async (_what, make) => {
    const { status, lengths, credential } = await upload(MIB + 1, make)
    expect([status, lengths]).toEqual([401, [MIB + 1]])
    expect(credential.observed).toContain('replay_skipped 1 401 not_replayable')
  })
})

test('a Request keeps the length that fetch gives it, and the second time has that of its bytes', async () => {
  const server = await serve(refuseFirst)
  for (const body of [() => 'text', () => streamOf('text'), () => 'x'.repeat(2 * MIB)]) {
    await fetch(post(server.origin, body()))
    await withCredential(fetch, rotatingCredential())(post(server.origin, body()))
  }
  const lengths = server.received.map(({ headers }) => headers['content-length'])
  expect(lengths).toEqual(['4', '4', '4', undefined, undefined, '4', String(2 * MIB), String(2 * MIB)])
})

test('who gives up while a Request is still being read leaves at once', async () => {
  const server = await serve(() => ({ status: 401 }))
  const controller = new AbortController()
  const body = new ReadableStream({ type: 'bytes' })
  const request = post(server.origin, body, controller.signal)
  const answersEarly: typeof fetch = async () => new Response(null, { status: 401 })
  const answer = withCredential(answersEarly, rotatingCredential())(request)
  controller.abort(new Error('tab closed'))
  await expect(answer).rejects.toThrow('tab closed')
})

test('what a Request has not been asked for is given up when its request fails', async () => {
  let isCancelled = false
  const body = new ReadableStream({
    cancel() {
      isCancelled = true
    },
  })
  const failing: typeof fetch = async (input) => {
    ;(input as Request).body?.cancel().catch(() => {})
    throw new TypeError('fetch failed')
  }
  const request = post('https://api.acme.example/', body)
  await expect(withCredential(failing, rotatingCredential())(request)).rejects.toThrow('fetch failed')
  await expect.poll(() => isCancelled).toBe(true)
})
