import type { TokenCredential } from '@valetkey/core'
import { expectTypeOf, test } from 'vitest'
import type { KestrelOptions } from '../src/index.ts'
import * as kestrel from '../src/index.ts'
import { OWNER } from './support/simulator.ts'

test('clientCredentials takes its options, secrets also as functions', () => {
  expectTypeOf(kestrel.clientCredentials).toBeCallableWith(OWNER)
  expectTypeOf(kestrel.clientCredentials).toBeCallableWith({ ...OWNER, clientSecret: () => 'from a vault' })
  expectTypeOf(kestrel.clientCredentials).returns.toExtend<TokenCredential>()
})

test('clientCredentials needs every one of them', () => {
  expectTypeOf<Omit<KestrelOptions, 'clientId'>>().not.toExtend<KestrelOptions>()
  expectTypeOf<Omit<KestrelOptions, 'clientSecret'>>().not.toExtend<KestrelOptions>()
})

test('what Kestrel has not is no option: scopes, another host, another way to write requests', () => {
  expectTypeOf<KestrelOptions>().not.toHaveProperty('scopes')
  expectTypeOf<KestrelOptions>().not.toHaveProperty('origins')
  expectTypeOf<KestrelOptions>().not.toHaveProperty('encoding')
})

test('there is no other grant', () => {
  expectTypeOf<keyof typeof kestrel>().toEqualTypeOf<'vendor' | 'clientCredentials'>()
})
