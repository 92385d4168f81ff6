import type { ApiKeyCredential } from '@valetkey/core'
import { expectTypeOf, test } from 'vitest'
import type { BluesondeApiKeyOptions } from '../src/index.ts'
import { bluesonde } from '../src/index.ts'

const complete = { apiKey: 'sk_live_example', baseUrl: 'https://api.example.com' }

test('apiKey takes a key, also as a function, a host and an account', () => {
  expectTypeOf(bluesonde.apiKey).toBeCallableWith(complete)
  expectTypeOf(bluesonde.apiKey).toBeCallableWith({ ...complete, apiKey: async () => 'from a vault', account: 'north' })
  expectTypeOf(bluesonde.apiKey).returns.toEqualTypeOf<ApiKeyCredential>()
})

test('apiKey needs key and host', () => {
  expectTypeOf(complete).toExtend<BluesondeApiKeyOptions>()
  expectTypeOf<Omit<BluesondeApiKeyOptions, 'apiKey'>>().not.toExtend<BluesondeApiKeyOptions>()
  expectTypeOf<Omit<BluesondeApiKeyOptions, 'baseUrl'>>().not.toExtend<BluesondeApiKeyOptions>()
})

test('apiKey has no option for what a key has not: a client, scopes, a token endpoint, a store', () => {
  expectTypeOf<keyof BluesondeApiKeyOptions>().toEqualTypeOf<
    'apiKey' | 'baseUrl' | 'account' | 'allowInsecureRequests'
  >()
})

test('a key has no tokens to ask for, and nobody to sign out', () => {
  expectTypeOf<ApiKeyCredential>().not.toHaveProperty('getToken')
  expectTypeOf<ApiKeyCredential>().not.toHaveProperty('signOut')
})

test('there is no other credential', () => {
  expectTypeOf<keyof typeof bluesonde>().toEqualTypeOf<'apiKey'>()
})
