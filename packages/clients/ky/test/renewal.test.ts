import { withCredential } from '@valetkey/ky'
import { fakeCredential } from '@valetkey/testing'
import { accepting } from '@valetkey-app/test-support/accepting'
import { serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test, vi } from 'vitest'
import { MAJORS } from './support/majors.ts'

const tokens = ['t1', 't2']

describe.each(MAJORS)('$name: a refused request', ({ ky }) => {
  test('C4: is sent once more under retry: 0', async () => {
    const server = await serve(accepting('t2'))
    const http = withCredential(ky, fakeCredential({ tokens }))
    expect(await http.post(server.origin, { json: [1], retry: 0 }).text()).toBe('welcome')
    expect(server.received.map((it) => it.body)).toEqual(['[1]', '[1]'])
  })

  test('C4: is sent once more although ky tried it again before', async () => {
    const server = await serve((received, count) => (count === 1 ? { status: 503 } : accepting('t2')(received)))
    const http = withCredential(ky, fakeCredential({ tokens }))
    expect(await http(server.origin, { retry: { limit: 1, delay: () => 0 } }).text()).toBe('welcome')
    expect(server.received.map((it) => it.headers.authorization)).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2'])
  })

  test('C4: costs none of the tries of ky', async () => {
    const answers = [401, 503, 200]
    const server = await serve((_received, count) => ({ status: answers[count - 1] ?? 500 }))
    const http = withCredential(ky, fakeCredential({ tokens }))
    const response = await http(server.origin, { retry: { limit: 1, delay: () => 0 } })
    expect([response.status, server.received.length]).toEqual([200, 3])
  })

  test('C4: is not sent a third time, and fails as ky fails', async () => {
    const server = await serve(accepting('t3'))
    const http = withCredential(ky, fakeCredential({ tokens: [...tokens, 'unused'] }))
    await expect(http(server.origin)).rejects.toMatchObject({ name: 'HTTPError', response: { status: 401 } })
    expect(server.received).toHaveLength(2)
  })

  test('C4: is not sent again with replay: false, and the next one has the new token', async () => {
    const server = await serve(accepting('t2'))
    const http = withCredential(ky, fakeCredential({ tokens }), { replay: false })
    await expect(http(server.origin)).rejects.toMatchObject({ response: { status: 401 } })
    expect(await http(server.origin).text()).toBe('welcome')
  })

  test('C14: shows the hooks of the caller the final answer, once', async () => {
    const server = await serve(accepting('t2'))
    const beforeRequest = vi.fn<() => void>()
    const afterResponse = vi.fn<() => void>()
    const hooks = { beforeRequest: [() => beforeRequest()], afterResponse: [() => afterResponse()] }
    const http = withCredential(ky.extend({ hooks }), fakeCredential({ tokens })).extend({ hooks })
    expect(await http(server.origin).text()).toBe('welcome')
    expect([beforeRequest, afterResponse].map((it) => it.mock.calls.length)).toEqual([2, 2])
  })

  test('C6: is the answer when there is no newer token', async () => {
    const server = await serve(accepting('t2'))
    const http = withCredential(ky, fakeCredential({ tokens: ['t1'] }))
    await expect(http(server.origin)).rejects.toMatchObject({ name: 'HTTPError', response: { status: 401 } })
    expect(server.received).toHaveLength(1)
  })

  test('C9: is not ours when it comes from another origin after a redirect', async () => {
    const elsewhere = await serve(() => ({ status: 401 }))
    const server = await serve(() => ({ status: 302, headers: { location: elsewhere.origin } }))
    const credential = fakeCredential({ tokens, origins: [server.origin] })
    const response = await withCredential(ky, credential)(server.origin, { throwHttpErrors: false })
    expect([response.status, credential.renewals, server.received.length]).toEqual([401, 0, 1])
  })
})

describe.each(MAJORS)('$name: a caller', ({ ky }) => {
  test('C5: who gives up while the token is renewed leaves at once, and the others get theirs', async () => {
    const server = await serve(accepting('t2'))
    const fake = fakeCredential({ tokens })
    const asked = gate()
    const renewed = gate()
    const http = withCredential(ky, {
      ...fake,
      async renew(refused, options) {
        asked.open()
        await Promise.race([renewed.promise, aborted(options?.signal)])
        return fake.renew(refused)
      },
    })
    const leaving = new AbortController()
    const left = http(server.origin, { signal: leaving.signal }).catch((error: unknown) => error)
    const stayed = http(server.origin)
    await asked.promise
    leaving.abort(new Error('tab closed'))
    expect(String(await left)).toContain('tab closed')
    renewed.open()
    expect(await stayed.text()).toBe('welcome')
    expect(fake.renewals).toBe(1)
  })

  test('gets the timeout of ky while the token is renewed', async () => {
    const server = await serve(accepting('t2'))
    const fake = fakeCredential({ tokens })
    const http = withCredential(ky, { ...fake, renew: (_refused, options) => aborted(options?.signal) })
    await expect(http(server.origin, { timeout: 50, retry: 0 })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  test('C18: gets the error of a credential that fails, and nothing is sent', async () => {
    const server = await serve(() => ({}))
    const http = withCredential(ky, fakeCredential({ tokens: [] }))
    await expect(http(server.origin, { retry: 0 })).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(server.received).toEqual([])
  })
})

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
}

function gate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = () => {}
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open: () => open() }
}
