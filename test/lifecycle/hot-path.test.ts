import { createHook } from 'node:async_hooks'
import { attachCredential } from '@valetkey/axios'
import { type Clock, createTokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { withCredential as kyWithCredential } from '@valetkey/ky'
import { virtualClock } from '@valetkey/testing'
import axios, { type AxiosAdapter } from 'axios'
import ky from 'ky'
import { expect, test, vi } from 'vitest'

/** What one request with a fresh token may cost beyond the same request of the plain client. Counts, since times say nothing on a busy machine. */
interface Cost {
  URL: number
  Request: number
  Headers: number
  AbortController: number
  promises: number
  timers: number
  /** Reads of the credential's clocks. */
  wall: number
  monotonic: number
  /** `getUri` of axios, which merges configs. */
  getUri: number
  /** Reads of the answer's URL, which platforms put together for each. */
  answerUrl: number
}

const NOTHING: Cost = {
  URL: 0,
  Request: 0,
  Headers: 0,
  AbortController: 0,
  promises: 0,
  timers: 0,
  wall: 0,
  monotonic: 0,
  getUri: 0,
  answerUrl: 0,
}

const ORIGIN = 'https://api.acme.example'

const counted: Cost = { ...NOTHING }

const clock: Clock = (() => {
  const virtual = virtualClock()
  return {
    ...virtual,
    now: () => {
      counted.wall += 1
      return virtual.now()
    },
    monotonic: () => {
      counted.monotonic += 1
      return virtual.monotonic()
    },
  }
})()

async function freshCredential() {
  const credential = createTokenCredential(
    {
      vendor: 'acme',
      origins: [ORIGIN],
      identity: ['hot-path'],
      grant: { acquire: async () => ({ accessToken: 'token', expiresIn: 3600 }) },
    },
    { clock },
  )
  await credential.getToken()
  return credential
}

/** Counts while globals are replaced: those that the clients look up for each request. */
async function costOf(send: () => Promise<unknown>): Promise<Cost> {
  // Whatever is made once, such as what is known of an origin.
  for (let warmUp = 0; warmUp < 3; warmUp += 1) await send()
  Object.assign(counted, NOTHING)
  for (const name of ['URL', 'Request', 'Headers', 'AbortController'] as const) {
    const construct = (target: new (...args: unknown[]) => object, args: unknown[]) => {
      counted[name] += 1
      return new target(...args)
    }
    vi.stubGlobal(name, new Proxy<new (...args: unknown[]) => object>(globalThis[name] as never, { construct }))
  }
  const init = (_id: number, type: string) => {
    if (type === 'PROMISE') counted.promises += 1
    if (type === 'Timeout' || type === 'Immediate') counted.timers += 1
  }
  const hook = createHook({ init }).enable()
  await send()
  hook.disable()
  vi.unstubAllGlobals()
  return { ...counted }
}

/** What the second costs more than the first. */
async function difference(plain: () => Promise<unknown>, ours: () => Promise<unknown>): Promise<Cost> {
  const [before, after] = [await costOf(plain), await costOf(ours)]
  const more = Object.entries(after).map(([name, count]) => [name, count - before[name as keyof Cost]])
  return Object.fromEntries(more) as Cost
}

const answer = Promise.resolve(
  Object.defineProperty(new Response(), 'url', {
    get() {
      counted.answerUrl += 1
      return ''
    },
  }),
)
const inner: typeof fetch = () => answer

test('a request of fetch with a fresh token costs one promise and one look at one clock', async () => {
  const api = withCredential(inner, await freshCredential())
  const init = { headers: { accept: 'application/json' } }
  const cost = await difference(
    () => inner(`${ORIGIN}/v1`, init),
    () => api(`${ORIGIN}/v1`, init),
  )
  expect(cost).toEqual({ ...NOTHING, promises: 1, wall: 1 })
})

test('a request of ky with a fresh token makes no further Request and no Headers', async () => {
  const plain = ky.create({ fetch: inner })
  const api = kyWithCredential(ky.create({ fetch: inner }), await freshCredential())
  const cost = await difference(
    () => plain.get(`${ORIGIN}/v1`),
    () => api.get(`${ORIGIN}/v1`),
  )
  expect(cost).toEqual({ ...NOTHING, promises: 1, wall: 1 })
})

test('a request of axios with a fresh token merges no configs and makes no URL', async () => {
  const { getUri } = axios.Axios.prototype
  vi.spyOn(axios.Axios.prototype, 'getUri').mockImplementation(function count(
    this: InstanceType<typeof axios.Axios>,
    config,
  ) {
    counted.getUri += 1
    return getUri.call(this, config)
  })
  const adapter: AxiosAdapter = (config) =>
    Promise.resolve({ data: '', status: 200, statusText: 'OK', headers: {}, config, request: {} })
  const plain = axios.create({ baseURL: ORIGIN, adapter, headers: { authorization: 'Bearer token' } })
  const api = axios.create({ baseURL: ORIGIN, adapter })
  attachCredential(api, await freshCredential())
  const cost = await difference(
    () => plain.get('/v1'),
    () => api.get('/v1'),
  )
  vi.mocked(axios.Axios.prototype.getUri).mockRestore()
  expect(cost).toEqual({ ...NOTHING, promises: 4, wall: 1 })
})
