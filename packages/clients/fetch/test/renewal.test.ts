import { withCredential } from '@valetkey/fetch'
import { type Received, serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test } from 'vitest'
import { gate, rotatingCredential } from './support/rotating-credential.ts'

/** An API that accepts one token only. */
function accepting(token: () => string) {
  return ({ headers }: Received) =>
    headers.authorization === `Bearer ${token()}` ? { body: 'welcome' } : { status: 401, body: 'refused' }
}

describe('a refused request', () => {
  test('C4: is sent once more with a renewed token, and the caller sees the second answer only', async () => {
    const server = await serve(accepting(() => 't2'))
    const credential = rotatingCredential()
    const response = await withCredential(fetch, credential)(`${server.origin}/v1?a=b`)
    expect(await response.text()).toBe('welcome')
    expect(server.received.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/v1?a=b', 'Bearer t1'],
      ['/v1?a=b', 'Bearer t2'],
    ])
    expect(credential.observed).toEqual(['refused 1 401', 'replayed 2 200 true'])
  })

  test('C4: is not sent a third time', async () => {
    const server = await serve(accepting(() => 't9'))
    const credential = rotatingCredential()
    const response = await withCredential(fetch, credential)(server.origin)
    expect([response.status, await response.text()]).toEqual([401, 'refused'])
    expect(server.received).toHaveLength(2)
    expect(credential.observed).toEqual(['refused 1 401', 'replayed 2 401 false'])
  })

  test('C4: is not sent again with replay: false, and the token is renewed for the next one', async () => {
    const server = await serve(accepting(() => 't2'))
    const credential = rotatingCredential()
    const api = withCredential(fetch, credential, { replay: false })
    expect(await (await api(server.origin)).text()).toBe('refused')
    expect(await (await api(server.origin)).text()).toBe('welcome')
    expect(credential.observed).toEqual(['refused 1 401', 'replay_skipped 1 401 not_replayable'])
  })

  test('C3: a thousand at once cost one refresh, and so do refusals that come late', async () => {
    const late = gate()
    const server = await serve(async (received) => {
      if (received.path === '/late' && received.headers.authorization === 'Bearer t1') await late.promise
      return accepting(() => 't2')(received)
    })
    const credential = rotatingCredential()
    const api = withCredential(fetch, credential)
    const early = Array.from({ length: 900 }, () => api(`${server.origin}/early`))
    const held = Array.from({ length: 100 }, () => api(`${server.origin}/late`))
    const first = await Promise.all(early)
    late.open()
    const all = [...first, ...(await Promise.all(held))]
    expect(new Set(await Promise.all(all.map((it) => it.text())))).toEqual(new Set(['welcome']))
    expect(credential.renewals).toBe(1)
  })

  test('C8: frees it too when the refresh fails, which rejects the request', async () => {
    const server = await serve(() => ({ status: 401, body: 'never ending', isEndless: true }))
    const failure = new Error('the token endpoint is down')
    const api = withCredential(fetch, rotatingCredential({ renew: () => Promise.reject(failure) }))
    await expect(api(server.origin)).rejects.toBe(failure)
    await server.received[0]?.closed
  })

  test('C9: is ours when a fetch does not tell where the answer came from', async () => {
    const answers = [new Response('refused', { status: 401 }), new Response('welcome')]
    const mock: typeof fetch = async () => answers.shift() ?? Response.error()
    const response = await withCredential(mock, rotatingCredential())('https://api.acme.example/')
    expect([response.url, await response.text()]).toEqual(['', 'welcome'])
  })
})

describe('a caller who gives up', () => {
  test.each([
    ['by init', (signal: AbortSignal) => [{}, { signal }] as const],
    ['by its Request', (signal: AbortSignal) => [{ signal }, {}] as const],
  ])('C5: while the token is renewed leaves at once, %s, and the others get theirs', async (_how, given) => {
    const server = await serve(accepting(() => 't2'))
    const credential = rotatingCredential()
    const renewed = credential.holdRenewal()
    const asked = gate()
    const renew: typeof credential.renew = (refused, options) => {
      asked.open()
      return Promise.race([credential.renew(refused), rejectedBy(options?.signal)])
    }
    const api = withCredential(fetch, { ...credential, renew })
    const leaving = new AbortController()
    const [ofRequest, ofInit] = given(leaving.signal)
    const left = api(new Request(server.origin, ofRequest), ofInit)
    await asked.promise
    const stayed = api(server.origin)
    leaving.abort(new Error('tab closed'))
    await expect(left).rejects.toThrow('tab closed')
    renewed()
    expect(await (await stayed).text()).toBe('welcome')
    expect(credential.renewals).toBe(1)
  })

  test('C5: init can take the signal of a Request away', async () => {
    const server = await serve(() => ({}))
    const signals: unknown[] = []
    const credential = rotatingCredential()
    const authorization: typeof credential.authorization = (options) => {
      signals.push(options?.signal)
      return credential.authorization()
    }
    const request = new Request(server.origin, { signal: AbortSignal.abort() })
    const response = await withCredential(fetch, { ...credential, authorization })(request, { signal: null })
    expect([response.status, signals]).toEqual([200, [undefined]])
  })
})

test('C18: a credential that fails rejects the request with its own error, and nothing is sent', async () => {
  const server = await serve(() => ({}))
  const failure = new Error('signed out')
  const api = withCredential(fetch, rotatingCredential({ authorization: () => Promise.reject(failure) }))
  await expect(api(server.origin)).rejects.toBe(failure)
  expect(server.received).toEqual([])
})

function rejectedBy(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
}
