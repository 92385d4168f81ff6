import type { ApiKeyCredential } from '@valetkey/core'
import type { SignInCredential } from '@valetkey/oauth2'
import { expectTypeOf, test } from 'vitest'
import type { BluesondeApiKeyOptions, BluesondeSignInOptions } from '../src/index.ts'
import * as bluesonde from '../src/index.ts'

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

test('a key has no tokens to request, and no user to sign out', () => {
  expectTypeOf<ApiKeyCredential>().not.toHaveProperty('getToken')
  expectTypeOf<ApiKeyCredential>().not.toHaveProperty('signOut')
})

const application = { clientId: 'id', redirectUri: 'https://charts.example.com/cb', baseUrl: 'https://api.example.com' }

test('authorizationCode takes an application with or without a secret, and where people come back to', () => {
  expectTypeOf(bluesonde.authorizationCode).toBeCallableWith(application)
  expectTypeOf(bluesonde.authorizationCode).toBeCallableWith({ ...application, clientSecret: () => 'from a vault' })
  expectTypeOf(bluesonde.authorizationCode).returns.toEqualTypeOf<SignInCredential>()
})

test('authorizationCode needs client, redirect URI and host', () => {
  expectTypeOf<Omit<BluesondeSignInOptions, 'clientId'>>().not.toExtend<BluesondeSignInOptions>()
  expectTypeOf<Omit<BluesondeSignInOptions, 'redirectUri'>>().not.toExtend<BluesondeSignInOptions>()
  expectTypeOf<Omit<BluesondeSignInOptions, 'baseUrl'>>().not.toExtend<BluesondeSignInOptions>()
})

test('authorizationCode has no option for what Bluesonde has not: a key, a user’s password, a wire format of choice', () => {
  expectTypeOf<BluesondeSignInOptions>().not.toHaveProperty('apiKey')
  expectTypeOf<BluesondeSignInOptions>().not.toHaveProperty('username')
  expectTypeOf<BluesondeSignInOptions>().not.toHaveProperty('clientAuthentication')
})

test('there is no other credential', () => {
  expectTypeOf<keyof typeof bluesonde>().toEqualTypeOf<'vendor' | 'apiKey' | 'authorizationCode'>()
})
