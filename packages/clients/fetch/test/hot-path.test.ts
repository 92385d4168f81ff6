import { createHook } from 'node:async_hooks'
import { createApiKeyCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { expect, test, vi } from 'vitest'
import { recordingFetch } from './support/recording-fetch.ts'
import { rotatingCredential } from './support/rotating-credential.ts'

const URL_OF_API = 'https://api.acme.example/v1/things?a=b'

function apiKey() {
  return createApiKeyCredential({ vendor: 'acme', origins: ['https://api.acme.example'], apiKey: 'k' })
}

test('C17: with a fresh token the request is sent in the turn of the call', () => {
  const { fetch, calls } = recordingFetch(async () => new Response())
  void withCredential(fetch, apiKey())(URL_OF_API, { headers: { accept: 'text/plain' } })
  expect(calls).toHaveLength(1)
})

test('C17: also when the token goes into the URL', () => {
  const { fetch, calls } = recordingFetch(async () => new Response())
  void withCredential(fetch, rotatingCredential({ tokenPlace: 'query' }))(URL_OF_API)
  expect(calls.map(([url]) => url)).toEqual([`${URL_OF_API}&api_key=t1`])
})

test('C17: without a fresh token it waits for one', async () => {
  const { fetch, calls } = recordingFetch(async () => new Response())
  const credential = rotatingCredential()
  const authorized = credential.holdAuthorization()
  const response = withCredential(fetch, credential)(URL_OF_API)
  expect(calls).toEqual([])
  authorized()
  await response
  expect(calls).toHaveLength(1)
})

test('C17: a further request costs no URL, Request or Headers, no timer, and one promise beside that of fetch', async () => {
  const response = new Response()
  const answer = Promise.resolve(response)
  const inner: typeof fetch = () => answer
  const api = withCredential(inner, apiKey())
  await api(URL_OF_API)
  const made = { URL: 0, Request: 0, Headers: 0, promises: 0, timers: 0 }
  for (const name of ['URL', 'Request', 'Headers'] as const) {
    const construct = (target: new (...args: unknown[]) => object, args: unknown[]) => {
      made[name] += 1
      return new target(...args)
    }
    vi.stubGlobal(name, new Proxy<new (...args: unknown[]) => object>(globalThis[name] as never, { construct }))
  }
  const init = (_id: number, type: string) => {
    if (type === 'PROMISE') made.promises += 1
    if (type === 'Timeout' || type === 'Immediate') made.timers += 1
  }
  const hook = createHook({ init }).enable()
  const result = api(URL_OF_API, { headers: { accept: 'text/plain' } })
  hook.disable()
  expect(made).toEqual({ URL: 0, Request: 0, Headers: 0, promises: 1, timers: 0 })
  expect(await result).toBe(response)
})

test('C17: a request to another origin costs not even that promise', () => {
  const answer = Promise.resolve(new Response())
  const inner: typeof fetch = () => answer
  const api = withCredential(inner, apiKey())
  expect(api('https://other.example/')).toBe(answer)
})
