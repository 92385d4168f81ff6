import type { Credential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import nodeFetch, { type Response as NodeFetchResponse } from 'node-fetch'
import { type Response as UndiciResponse, fetch as undiciFetch } from 'undici'
import { expectTypeOf, test } from 'vitest'

declare const credential: Credential

test('a wrapped fetch has the type of the fetch that it wraps', () => {
  expectTypeOf(withCredential(fetch, credential)).toExtend<typeof fetch>()
  expectTypeOf(withCredential(undiciFetch, credential)).toExtend<typeof undiciFetch>()
  expectTypeOf(withCredential(nodeFetch, credential)).toExtend<typeof nodeFetch>()
  expectTypeOf(withCredential(undiciFetch, credential)('')).resolves.toEqualTypeOf<UndiciResponse>()
  expectTypeOf(withCredential(nodeFetch, credential)('')).resolves.toEqualTypeOf<NodeFetchResponse>()
})

test('a request takes a valetkey, whichever fetch it is', () => {
  const valetkey = { credential, replay: false, optional: true }
  expectTypeOf(withCredential(fetch, credential)('', { method: 'PUT', valetkey })).resolves.toEqualTypeOf<Response>()
  expectTypeOf(withCredential(undiciFetch, credential)('', { valetkey })).resolves.toEqualTypeOf<UndiciResponse>()
  expectTypeOf(withCredential(nodeFetch, credential)('', { valetkey })).resolves.toEqualTypeOf<NodeFetchResponse>()
  const nested = withCredential(withCredential(fetch, credential), credential)
  expectTypeOf(nested('', { valetkey: { credential: false } })).resolves.toEqualTypeOf<Response>()
  // @ts-expect-error a member that there is not
  void nested('', { valetkey: { retry: false } })
  // @ts-expect-error true is no credential
  void nested('', { valetkey: { credential: true } })
  // @ts-expect-error a fetch without a credential has nothing to do with it
  void fetch('', { valetkey })
})

test('a wrapped fetch fits where a fetch is asked for', () => {
  expectTypeOf(withCredential(fetch, credential)).toExtend<typeof globalThis.fetch>()
  expectTypeOf(withCredential(fetch, credential)).toExtend<
    (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  >()
})

test('options of a fetch of its own stay known', () => {
  const withNext = (_url: string, _init?: RequestInit & { next?: { revalidate: number } }) => fetch(_url, _init)
  expectTypeOf(withCredential(withNext, credential))
    .parameter(1)
    .toExtend<(RequestInit & { next?: { revalidate: number } }) | undefined>()
})

test('a source is one credential, several, or a function', () => {
  expectTypeOf(withCredential<typeof fetch>).toBeCallableWith(fetch, [credential, credential], { replay: false })
  expectTypeOf(withCredential<typeof fetch>).toBeCallableWith(fetch, (_url) => undefined)
  // @ts-expect-error a token is no credential
  withCredential(fetch, 'token')
  // @ts-expect-error what does not answer with a response is no fetch
  withCredential(async () => 'text', credential)
  // @ts-expect-error an option that there is not
  withCredential(fetch, credential, { retry: 3 })
})
