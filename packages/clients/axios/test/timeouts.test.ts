import { attachCredential } from '@valetkey/axios'
import type { Credential } from '@valetkey/core'
import { fakeCredential } from '@valetkey/testing'
import { serve } from '@valetkey-app/test-support/serve'
import { type AxiosError, type AxiosRequestConfig, isAxiosError } from 'axios'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { VARIANTS } from './support/variants.ts'

const OPTIONS: Readonly<Record<string, AxiosRequestConfig>> = {
  'by default': {},
  'with clarifyTimeoutError': { transitional: { clarifyTimeoutError: true } },
  'with timeoutErrorMessage': { timeoutErrorMessage: 'too slow' },
  'with a text': { timeout: '40' as unknown as number },
  'with a signal and a cancel token': { signal: new AbortController().signal },
}

/** A credential whose token never comes, unless the caller leaves. */
const WAITING: Credential = {
  ...fakeCredential({ tokens: [] }),
  authorization: (wait) =>
    new Promise((_resolve, reject) => {
      wait?.signal?.addEventListener('abort', () => reject(wait.signal?.reason))
    }),
}

describe.each(VARIANTS)('$name: a request whose time is up', ({ create }) => {
  test.each(Object.entries(OPTIONS))(
    'C5: waits no longer for a token, and fails as axios fails: %s',
    async (_, options) => {
      const server = await serve(() => new Promise(() => {}))
      const failed = async (source?: Credential) => {
        const http = create({ timeout: 40, ...options })
        if (source) attachCredential(http, source)
        const error: AxiosError = await http.get(`${server.origin}/${source ? 'ours' : 'plain'}`).then(
          () => expect.fail('must reject'),
          (it) => it,
        )
        const { code, config, response } = error
        // Until 1.12 with other words over `fetch`: "timeout 40 of ms exceeded".
        const message = error.message.replace('timeout 40 of ms', 'timeout of 40ms')
        return {
          code,
          kind: error.constructor,
          isAxiosError: isAxiosError(error),
          message,
          response,
          origin: new URL(config?.url ?? '').origin,
        }
      }
      const plain = await failed()
      expect(await failed(WAITING)).toEqual(plain)
      expect(server.received.map(({ path }) => path)).not.toContain('/ours')
    },
  )

  test('C5: has waited for the token too: what is left is for the requests, and the error names the whole', async () => {
    const server = await serve(({ headers }) =>
      headers.authorization === 'Bearer t1' ? { status: 401 } : new Promise(() => {}),
    )
    const timeouts: unknown[] = []
    const now = vi.spyOn(performance, 'now')
    onTestFinished(() => now.mockRestore())
    const http = create({ timeout: 1000 })
    const { adapter = 'http' } = http.defaults
    http.defaults.adapter = (config) => {
      timeouts.push(config.timeout)
      return create().request({ ...config, adapter })
    }
    const fake = fakeCredential({ tokens: ['t1', 't2'] })
    attachCredential(http, {
      ...fake,
      renew: async (refused, wait) => {
        now.mockReturnValue(performance.now() + 800)
        return fake.renew(refused, wait)
      },
    })
    const error = await http.get(server.origin).catch((it: AxiosError) => it)
    expect(Object(error).message).toBe('timeout of 1000ms exceeded')
    expect(timeouts).toEqual([1000, expect.any(Number)])
    expect(timeouts[1]).toBeLessThanOrEqual(200)
    expect(server.received).toHaveLength(2)
  })

  test('is not one with timeout: 0, and one longer than timers last is as long as they last', async () => {
    const server = await serve(() => ({ body: 'welcome' }))
    for (const timeout of [0, 2 ** 40]) {
      const http = create()
      attachCredential(http, {
        ...fakeCredential({ tokens: ['t1'] }),
        authorization: async (wait) => {
          await new Promise((resolve) => setImmediate(resolve))
          expect(wait?.signal?.aborted ?? false).toBe(false)
          return fakeCredential({ tokens: ['t1'] }).authorization()
        },
      })
      const adapter = create().defaults.adapter
      const answer = http.get(server.origin, {
        timeout,
        adapter: (config) =>
          create().request({
            ...config,
            timeout: 0,
            adapter: adapter as never,
            headers: { ...config.headers.toJSON() },
          }),
      })
      expect((await answer).data).toBe('welcome')
    }
  })
})
