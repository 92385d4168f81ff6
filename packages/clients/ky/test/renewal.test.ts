import { withCredential } from '@valetkey/ky'
import { fakeCredential } from '@valetkey/testing'
import { accepting } from '@valetkey-app/test-support/accepting'
import { serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test } from 'vitest'
import { MAJORS } from './support/majors.ts'

const tokens = ['t1', 't2']

describe.each(MAJORS)('$name: a refused request', ({ ky }) => {
  test('C4: is sent once more under retry: 0', async () => {
    const server = await serve(accepting('t2'))
    const http = withCredential(ky, fakeCredential({ tokens }))
    expect(await http.post(server.origin, { json: [1], retry: 0 }).text()).toBe('welcome')
    expect(server.received.map((it) => it.body)).toEqual(['[1]', '[1]'])
  })

  test('C4: is not sent a third time, and fails as ky fails', async () => {
    const server = await serve(accepting('t3'))
    const http = withCredential(ky, fakeCredential({ tokens: [...tokens, 'unused'] }))
    await expect(http(server.origin)).rejects.toMatchObject({ name: 'HTTPError', response: { status: 401 } })
    expect(server.received).toHaveLength(2)
  })
})

describe.each(MAJORS)('$name: a caller', ({ ky }) => {
  test('gets the timeout of ky while the token is renewed', async () => {
    const server = await serve(accepting('t2'))
    const fake = fakeCredential({ tokens })
    const http = withCredential(ky, { ...fake, renew: (_refused, options) => aborted(options?.signal) })
    await expect(http(server.origin, { timeout: 50, retry: 0 })).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
}
