import type { TokenCredential } from '@valetkey/core'
import { expectTypeOf, test } from 'vitest'
import type { FlumeOptions } from '../src/index.ts'
import * as flume from '../src/index.ts'

const complete = { clientId: 'id', clientSecret: 'secret', username: 'robin@example.com', password: 'password' }

test('password takes four texts, secrets also as functions, and the options of every credential', () => {
  expectTypeOf(flume.password).toBeCallableWith(complete)
  expectTypeOf(flume.password).toBeCallableWith({ ...complete, password: async () => 'from a vault', account: 'robin' })
  expectTypeOf(flume.password).toBeCallableWith({ ...complete, baseUrl: undefined, tokenUrl: undefined })
  expectTypeOf(flume.password).returns.toExtend<TokenCredential>()
})

test('password needs each of the four', () => {
  expectTypeOf(complete).toExtend<FlumeOptions>()
  expectTypeOf<Omit<FlumeOptions, 'clientId'>>().not.toExtend<FlumeOptions>()
  expectTypeOf<Omit<FlumeOptions, 'clientSecret'>>().not.toExtend<FlumeOptions>()
  expectTypeOf<Omit<FlumeOptions, 'username'>>().not.toExtend<FlumeOptions>()
  expectTypeOf<Omit<FlumeOptions, 'password'>>().not.toExtend<FlumeOptions>()
})

test('password has no option for what Flume has not: scopes, a wire format of choice, another sign-in', () => {
  expectTypeOf<FlumeOptions>().not.toHaveProperty('scopes')
  expectTypeOf<FlumeOptions>().not.toHaveProperty('encoding')
  expectTypeOf<FlumeOptions>().not.toHaveProperty('redirectUri')
})

test('userId is a number', () => {
  expectTypeOf(flume.userId).returns.resolves.toBeNumber()
  expectTypeOf(flume.userId).parameter(0).toEqualTypeOf<TokenCredential>()
})

test('there is no other grant', () => {
  expectTypeOf<keyof typeof flume>().toEqualTypeOf<'vendor' | 'password' | 'userId'>()
})
