import { attachCredential } from '@valetkey/axios'
import { fakeCredential } from '@valetkey/testing'
import { serve } from '@valetkey-app/test-support/serve'
import type { AxiosRequestConfig, AxiosResponse } from 'axios'
import { describe, expect, test } from 'vitest'
import { VARIANTS } from './support/variants.ts'

const BODY = JSON.stringify({ boats: ['Åse'] })

interface Seen {
  readonly config: AxiosRequestConfig
  readonly progress?: string[]
}

const OPTIONS: readonly [option: string, make: () => Seen][] = [
  ['none', () => ({ config: {} })],
  ...(['arraybuffer', 'blob', 'text', 'json'] as const).map((responseType): [string, () => Seen] => [
    `responseType: ${responseType}`,
    () => ({ config: { responseType } }),
  ]),
  ['maxContentLength', () => ({ config: { maxContentLength: 3 } })],
  ['maxBodyLength', () => ({ config: { maxBodyLength: 3 } })],
  ['timeout', () => ({ config: { timeout: 20, url: '/never' } })],
  ['validateStatus: null', () => ({ config: { validateStatus: null, url: '/404' } })],
  ['validateStatus', () => ({ config: { validateStatus: (status) => status === 404 } })],
  ['an unknown adapter', () => ({ config: { adapter: 'telepathy' } })],
  ['no adapter', () => ({ config: { adapter: null as never } })],
  ['an adapter that is not here', () => ({ config: { adapter: ['xhr', 'fetch'] } })],
  ['an aborted signal', () => ({ config: { signal: AbortSignal.abort() } })],
  ['transformResponse', () => ({ config: { transformResponse: [(data: unknown) => `<${String(data)}>`] } })],
  ['headers that are off', () => ({ config: { headers: { Accept: false, 'User-Agent': false } } })],
  ['transitional', () => ({ config: { responseType: 'json', transitional: { silentJSONParsing: false } } })],
  [
    'progress',
    () => {
      const progress: string[] = []
      return {
        progress,
        config: {
          onUploadProgress: ({ loaded, total }) => progress.push(`up ${loaded} of ${total}`),
          onDownloadProgress: ({ loaded }) => progress.push(`down ${loaded}`),
        },
      }
    },
  ],
]

describe.each(VARIANTS)('$name', ({ create }) => {
  test.each(OPTIONS)('an option does what it does without a credential: %s', async (_option, make) => {
    const server = await serve(({ path }) => {
      if (path === '/never') return new Promise(() => {})
      return { status: path === '/404' ? 404 : 200, body: BODY }
    })
    const http = create({ baseURL: server.origin })
    const outcome = async () => {
      const { config, progress } = make()
      const answer = http.request({ url: '/boats', method: 'post', data: 'litres=5', ...config })
      const { status, data, code, message } = await answer.then(shown, (error: unknown) => Object(error))
      // Some releases tell of progress after they have answered.
      await expect.poll(() => progress?.at(-1) ?? 'down').toContain('down')
      return { status, data: Buffer.isBuffer(data) ? data.toString('hex') : data, code, message, progress }
    }
    const plain = await outcome()
    attachCredential(http, fakeCredential({ tokens: ['t1'] }))
    expect(await outcome()).toEqual(plain)
    // How far a request comes that times out is a matter of chance.
    const answered = server.received.filter(({ path }) => path !== '/never')
    const seen = answered.map(({ method, path, body, headers }) => {
      const { authorization: _token, ...others } = headers
      return { method, path, body, others }
    })
    expect(seen.slice(seen.length / 2)).toEqual(seen.slice(0, seen.length / 2))
  })
})

function shown({ status, data }: AxiosResponse<unknown>): Record<string, unknown> {
  return { status, data }
}
