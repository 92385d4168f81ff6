import type { ApiKeyCredential, TokenCredential } from '@valetkey/core'
import { expectTypeOf, test } from 'vitest'
import type { FlowluApiKeyOptions, FlowluPasswordOptions } from '../src/index.ts'
import * as flowlu from '../src/index.ts'

const key = { company: 'acme', apiKey: 'key' }
const user = {
  company: 'acme',
  tokenUrl: 'https://login.example.com/token',
  clientId: 'android_app_v1',
  username: 'owner@example.com',
  password: 'password',
}

test('apiKey takes a company and a key, which may be a function, and the options that a key can use', () => {
  expectTypeOf(flowlu.apiKey).toBeCallableWith(key)
  expectTypeOf(flowlu.apiKey).toBeCallableWith({ ...key, apiKey: async () => 'from a vault', account: 'acme' })
  expectTypeOf(flowlu.apiKey).toBeCallableWith({ ...key, baseUrl: undefined, allowInsecureRequests: false })
  expectTypeOf(flowlu.apiKey).returns.toEqualTypeOf<ApiKeyCredential>()
})

test('apiKey needs both', () => {
  expectTypeOf<Omit<FlowluApiKeyOptions, 'company'>>().not.toExtend<FlowluApiKeyOptions>()
  expectTypeOf<Omit<FlowluApiKeyOptions, 'apiKey'>>().not.toExtend<FlowluApiKeyOptions>()
})

test('apiKey has no option for what a key has not: a token endpoint, a store', () => {
  expectTypeOf<FlowluApiKeyOptions>().not.toHaveProperty('tokenUrl')
  expectTypeOf<FlowluApiKeyOptions>().not.toHaveProperty('store')
  expectTypeOf<FlowluApiKeyOptions>().not.toHaveProperty('placement')
})

test('password takes five texts, a password also as a function, and the options of every credential', () => {
  expectTypeOf(flowlu.password).toBeCallableWith(user)
  expectTypeOf(flowlu.password).toBeCallableWith({ ...user, password: () => 'from a vault', maxWaitMs: 1000 })
  expectTypeOf(flowlu.password).toBeCallableWith({ ...user, placement: 'bearer', baseUrl: undefined })
  expectTypeOf(flowlu.password).returns.toExtend<TokenCredential>()
})

test('password needs each of the five: Flowlu does not publish its token URL', () => {
  expectTypeOf(user).toExtend<FlowluPasswordOptions>()
  expectTypeOf<Omit<FlowluPasswordOptions, 'company'>>().not.toExtend<FlowluPasswordOptions>()
  expectTypeOf<Omit<FlowluPasswordOptions, 'tokenUrl'>>().not.toExtend<FlowluPasswordOptions>()
  expectTypeOf<Omit<FlowluPasswordOptions, 'clientId'>>().not.toExtend<FlowluPasswordOptions>()
  expectTypeOf<Omit<FlowluPasswordOptions, 'username'>>().not.toExtend<FlowluPasswordOptions>()
  expectTypeOf<Omit<FlowluPasswordOptions, 'password'>>().not.toExtend<FlowluPasswordOptions>()
})

test('password has no option for what Flowlu has not: a client secret, scopes, a wire format of choice', () => {
  expectTypeOf<FlowluPasswordOptions>().not.toHaveProperty('clientSecret')
  expectTypeOf<FlowluPasswordOptions>().not.toHaveProperty('scopes')
  expectTypeOf<FlowluPasswordOptions>().not.toHaveProperty('encoding')
  expectTypeOf<FlowluPasswordOptions['placement']>().toEqualTypeOf<'basic' | 'bearer' | undefined>()
})

test('there is no other grant', () => {
  expectTypeOf<keyof typeof flowlu>().toEqualTypeOf<'vendor' | 'apiKey' | 'password'>()
})
