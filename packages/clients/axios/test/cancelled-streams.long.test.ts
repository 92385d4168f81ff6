import { attachCredential } from '@valetkey/axios'
import type { Credential, ResponseView } from '@valetkey/core'
import { fakeCredential } from '@valetkey/testing'
import { serve } from '@valetkey-app/test-support/serve'
import axios, { type AxiosError, type AxiosRequestConfig } from 'axios'
import { describe, expect, test } from 'vitest'
import { VARIANTS, type Variant } from './support/variants.ts'

/** Answers with the status that its path names, and with a body that never ends. */
async function endless(): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const server = await serve(({ path }) => ({
    status: Number(path.slice(1)),
    headers,
    body: '{"ok":1}',
    isEndless: true,
  }))
  return server.origin
}

interface Way {
  readonly config: AxiosRequestConfig
  /** Called when the first part of the body was read. */
  cancel(): void
}

const WAYS: Readonly<Record<string, () => Way>> = {
  'an AbortController': () => {
    const controller = new AbortController()
    return { config: { signal: controller.signal }, cancel: () => controller.abort() }
  },
  'AbortSignal.timeout': () => ({ config: { signal: AbortSignal.timeout(200) }, cancel: () => {} }),
  'a cancel token': () => {
    const { token, cancel } = axios.CancelToken.source()
    return { config: { cancelToken: token }, cancel: () => cancel() }
  },
  timeout: () => ({ config: { timeout: 200 }, cancel: () => {} }),
}

const refuses401 = fakeCredential({ tokens: [] }).refuses

/** How the answer is judged before the caller has it, and its status. */
const JUDGED: Readonly<Record<string, readonly [refuses: Credential['refuses'], status: number]>> = {
  'by its status': [refuses401, 200],
  'by its status, and is accepted by the caller alone': [refuses401, 401],
  'by its vendor': [() => false, 200],
  'by its JSON': [async (view: ResponseView) => (await view.json()) === 'refused', 200],
}

/** What the reading of a stream ends with once the request is given up. */
async function endOf(create: Variant['create'], { config, cancel }: Way, url: string, credential?: Credential) {
  const http = create({ responseType: 'stream', validateStatus: () => true, ...config })
  if (credential) attachCredential(http, credential)
  let parts = 0
  try {
    for await (const _ of (await http.get(url)).data) if (++parts === 1) cancel()
    return 'ended'
  } catch (error) {
    const { name, code } = error as AxiosError
    return { name, code }
  }
}

describe.each(VARIANTS)('$name', ({ name, create }) => {
  // Over `http`, axios limits the time until the answer, not that of its body.
  const ways = Object.entries(WAYS).filter(([way]) => way !== 'timeout' || name.endsWith('fetch'))

  test.each(ways)('C5: %s ends a stream that the caller has, however it was judged', async (_way, make) => {
    const origin = await endless()
    const plain = await endOf(create, make(), `${origin}/200`)
    const ends = Object.entries(JUDGED).map(async ([judged, [refuses, status]]) => {
      const credential = { ...fakeCredential({ tokens: ['t1'] }), refuses }
      return [judged, await endOf(create, make(), `${origin}/${status}`, credential)]
    })
    expect(plain).toHaveProperty('code')
    expect(Object.fromEntries(await Promise.all(ends))).toEqual(
      Object.fromEntries(Object.keys(JUDGED).map((judged) => [judged, plain])),
    )
  })

  test.each([200, 302, 401, 404, 500])(
    'C4: a stream with status %i that the caller refuses fails as it does without a credential',
    async (status) => {
      const origin = await endless()
      const failed = async (refuses?: Credential['refuses']) => {
        const http = create({ responseType: 'stream', validateStatus: () => false, maxRedirects: 0 })
        if (refuses) attachCredential(http, { ...fakeCredential({ tokens: ['t1'] }), refuses })
        const error = await http.get(`${origin}/${status}`).catch((it: AxiosError) => it)
        const { code, message, name: kind, constructor: Class, config, response } = error as AxiosError
        const first = await firstPartOf(response?.data as AsyncIterable<Uint8Array>)
        const isWhole = response?.config === config
        const url = config?.url
        return { code, message, kind, Class, url, status: response?.status, first, isWhole }
      }
      const plain = await failed()
      for (const [refuses] of Object.values(JUDGED)) expect(await failed(refuses)).toEqual(plain)
    },
  )
})

async function firstPartOf(data: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  for await (const part of data) return String.fromCharCode(...part)
  return undefined
}
