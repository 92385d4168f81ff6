import type { AttachCredentialOptions } from '@valetkey/axios'
import { attachCredential } from '@valetkey/axios'
import type { Credential } from '@valetkey/core'
import axios, { type AxiosInstance } from 'axios'
import axios7, { type AxiosInstance as AxiosInstance7 } from 'axios-1.7'
import axios12 from 'axios-1.12'
import axios18 from 'axios-1.18'
import { expectTypeOf, test } from 'vitest'

type CommonAxiosInstance = import('axios', { with: { 'resolution-mode': 'require' }}).AxiosInstance
type CommonAxiosInstance7 = import('axios-1.7', { with: { 'resolution-mode': 'require' }}).AxiosInstance

declare const credential: Credential

test('the types of the builds of one release exclude one another', () => {
  expectTypeOf<CommonAxiosInstance7>().not.toExtend<AxiosInstance7>()
})

test('instances of every release and build are taken, and the result detaches', () => {
  expectTypeOf(attachCredential(axios, credential)).toEqualTypeOf<() => void>()
  expectTypeOf(attachCredential).toBeCallableWith(axios7.create(), credential)
  expectTypeOf(attachCredential).toBeCallableWith(axios12.create(), credential)
  expectTypeOf(attachCredential).toBeCallableWith(axios18.create(), credential)
  expectTypeOf<AxiosInstance>().toExtend<Parameters<typeof attachCredential>[0]>()
  expectTypeOf<CommonAxiosInstance>().toExtend<Parameters<typeof attachCredential>[0]>()
  expectTypeOf<CommonAxiosInstance7>().toExtend<Parameters<typeof attachCredential>[0]>()
})

test('a request says what it wants other than its instance', () => {
  expectTypeOf(axios.get).toBeCallableWith('/boats', { valetkey: { credential: false, replay: false, optional: true } })
  expectTypeOf(axios.create).toBeCallableWith({ valetkey: { credential } })
  // @ts-expect-error an option that there is not
  void (() => axios.get('/boats', { valetkey: { retry: 3 } }))
})

test('a source is one credential, several, or a function', () => {
  expectTypeOf(attachCredential).toBeCallableWith(axios, [credential, credential], { replay: false })
  expectTypeOf(attachCredential).toBeCallableWith(axios, (_url) => undefined)
  expectTypeOf<AttachCredentialOptions['replay']>().toEqualTypeOf<boolean | undefined>()
  // @ts-expect-error a token is no credential
  attachCredential(axios, 'token')
  // @ts-expect-error a fetch is no instance of axios
  attachCredential(fetch, credential)
  // @ts-expect-error an option that there is not
  attachCredential(axios, credential, { retry: 3 })
})
