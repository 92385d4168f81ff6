import { attachCredential } from '@valetkey/axios'
import { carried } from '@valetkey-app/test-support/carried'
import { serve } from '@valetkey-app/test-support/serve'
import type { AxiosAdapter, InternalAxiosRequestConfig } from 'axios'
import { describe, expect, test } from 'vitest'
import { VARIANTS } from './support/variants.ts'

const CANARY = 'canary-91d2'

/** Each read gives the next answer, the last one for ever. */
function inTurn<T>(...answers: T[]): () => T {
  return () => (answers.length > 1 ? answers.shift() : answers[0]) as T
}

describe.each(VARIANTS)('$name', ({ create }) => {
  test.each(['url', 'baseURL'])(
    'S1: a config whose "%s" answers differently twice is sent where it was checked',
    async (name) => {
      const elsewhere = await serve(() => ({ status: 401 }))
      const ours = await serve(() => ({}))
      const { adapter = 'http' } = create().defaults
      const custom: AxiosAdapter = (config) => create().request({ ...config, adapter })
      for (const chosen of [adapter, custom]) {
        const http = create({ adapter: chosen })
        http.interceptors.request.use((config: InternalAxiosRequestConfig) =>
          Object.defineProperty(config, name, {
            enumerable: true,
            configurable: true,
            get: inTurn(ours.origin, elsewhere.origin),
          }),
        )
        attachCredential(http, carried('x-api-key', [CANARY], [ours.origin]))
        await http.get('/v1').catch(() => {})
      }
      expect(JSON.stringify(elsewhere.received)).not.toContain(CANARY)
    },
  )

  test('S1: nor does an object for a URL get the token to what it says later', async () => {
    const elsewhere = await serve(() => ({ status: 401 }))
    const ours = await serve(() => ({}))
    const http = create()
    attachCredential(http, carried('x-api-key', [CANARY], [ours.origin]))
    const url = { toString: inTurn(ours.origin, elsewhere.origin) }
    await http.request({ url: url as never }).catch(() => {})
    expect(JSON.stringify(elsewhere.received)).not.toContain(CANARY)
  })
})
