import type { TokenCredential } from '@valetkey/core'
import { expectTypeOf, test } from 'vitest'
import type { M2mOptions } from '../src/index.ts'
import * as m2m from '../src/index.ts'

const complete = { baseUrl: 'https://api.example.com', clientId: 'id', clientSecret: 'secret' }

test('clientCredentials takes a host, a client, a path, an encoding, and the options of every credential', () => {
  expectTypeOf(m2m.clientCredentials).toBeCallableWith(complete)
  expectTypeOf(m2m.clientCredentials).toBeCallableWith({ ...complete, tokenPath: '/token', account: 'north' })
  expectTypeOf(m2m.clientCredentials).toBeCallableWith({ ...complete, clientSecret: () => 'from a vault' })
  expectTypeOf(m2m.clientCredentials).returns.toExtend<TokenCredential>()
})

test('clientCredentials needs host, id and secret', () => {
  expectTypeOf(complete).toExtend<M2mOptions>()
  expectTypeOf<Omit<M2mOptions, 'baseUrl'>>().not.toExtend<M2mOptions>()
  expectTypeOf<Omit<M2mOptions, 'clientId'>>().not.toExtend<M2mOptions>()
  expectTypeOf<Omit<M2mOptions, 'clientSecret'>>().not.toExtend<M2mOptions>()
})

test('the encoding is one of two', () => {
  expectTypeOf<M2mOptions['basicEncoding']>().toEqualTypeOf<'plain' | 'form-urlencoded' | undefined>()
})

test('clientCredentials has no option for what the vendor has not: scopes, a wire format of choice, a user', () => {
  expectTypeOf<M2mOptions>().not.toHaveProperty('scopes')
  expectTypeOf<M2mOptions>().not.toHaveProperty('clientAuthentication')
  expectTypeOf<M2mOptions>().not.toHaveProperty('encoding')
  expectTypeOf<M2mOptions>().not.toHaveProperty('username')
})

test('there is no other grant', () => {
  expectTypeOf<keyof typeof m2m>().toEqualTypeOf<'vendor' | 'clientCredentials'>()
})
