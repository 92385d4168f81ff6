import { attachCredential } from '@valetkey/axios'
import { createTokenCredential, type TokenSet } from '@valetkey/core'
import { fakeCredential } from '@valetkey/testing'
import { serve } from '@valetkey-app/test-support/serve'
import axios, { type AxiosInstance, type AxiosResponse } from 'axios'
import { expect, test } from 'vitest'

/** What `HttpService` of @nestjs/axios does: calls the instance's methods without the instance, and cancels by token. */
function httpService(axiosRef: AxiosInstance) {
  const { get } = axiosRef
  return {
    axiosRef,
    get(url: string): { readonly answer: Promise<AxiosResponse<unknown>>; unsubscribe(): void } {
      const { token, cancel } = axios.CancelToken.source()
      return { answer: get(url, { cancelToken: token }), unsubscribe: () => cancel() }
    },
  }
}

test('a service of NestJS sends with the credential that its axiosRef has, and is renewed once', async () => {
  const api = await serve(({ headers }) => ({ status: headers.authorization === 'Bearer t2' ? 200 : 401 }))
  const service = httpService(axios.create({ baseURL: api.origin }))
  attachCredential(service.axiosRef, fakeCredential({ tokens: ['t1', 't2'], origins: [api.origin] }))
  expect((await service.get('/boats').answer).status).toBe(200)
  expect(api.received.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2'])
})

test('a subscription that ends stops waiting for a token', async () => {
  const baseURL = 'https://api.acme.example'
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const acquire = (): Promise<TokenSet> => {
    begin()
    return new Promise(() => {})
  }
  const credential = createTokenCredential({
    vendor: 'acme',
    origins: [baseURL],
    identity: ['test'],
    grant: { acquire },
  })
  const service = httpService(axios.create({ baseURL }))
  attachCredential(service.axiosRef, credential)
  const { answer, unsubscribe } = service.get('/boats')
  const error: unknown = answer.catch((reason: unknown) => reason)
  await begun
  unsubscribe()
  expect(await error).toSatisfy(axios.isCancel)
})
