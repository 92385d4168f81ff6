import type { TokenCredential } from '@valetkey/core'
import { expectTypeOf, test } from 'vitest'
import type { ClientKey, DeviceCredential, DeviceSignIn, OAuthOptions } from '../src/index.ts'
import { type createTokenIntrospector, deviceCode, oauth2 } from '../src/index.ts'

test('people sign in to deviceCode with nothing but the server and the client', () => {
  const server = { vendor: 'acme', origins: ['https://api.example.com'], issuer: 'https://login.example.com' }
  expectTypeOf(deviceCode).toBeCallableWith({ ...server, clientId: 'boat-app' })
  expectTypeOf(oauth2.deviceCode).toEqualTypeOf(deviceCode)
})

test('a credential of another device is a token credential, for each account', () => {
  expectTypeOf<DeviceCredential>().toExtend<TokenCredential>()
  expectTypeOf<DeviceCredential['for']>().returns.toEqualTypeOf<DeviceCredential>()
  expectTypeOf<DeviceCredential['beginSignIn']>().returns.resolves.toEqualTypeOf<DeviceSignIn>()
  expectTypeOf<DeviceSignIn['done']>().resolves.toBeVoid()
})

test('a key is a CryptoKey, alone or with its name, or comes from a function', () => {
  expectTypeOf<CryptoKey>().toExtend<ClientKey>()
  expectTypeOf<{ key: CryptoKey; kid: string }>().toExtend<OAuthOptions['clientKey']>()
  expectTypeOf<() => Promise<CryptoKey>>().toExtend<OAuthOptions['clientKey']>()
  expectTypeOf<string>().not.toExtend<OAuthOptions['clientKey']>()
})

test('the options of a credential will do for an introspector', () => {
  expectTypeOf<OAuthOptions>().toExtend<Parameters<typeof createTokenIntrospector>[0]>()
  expectTypeOf<ReturnType<ReturnType<typeof createTokenIntrospector>>>().resolves.toHaveProperty('active')
})
