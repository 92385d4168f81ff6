import type { TokenCredential } from '@valetkey/core'
import type { SignInCredential } from '@valetkey/oauth2'
import { expectTypeOf, test } from 'vitest'
import type { AirthingsOptions, AirthingsSignInOptions } from '../src/index.ts'
import * as airthings from '../src/index.ts'

const complete = { clientId: 'id', clientSecret: 'secret' }

test('clientCredentials takes a client, an API, scopes, and the options of every credential', () => {
  expectTypeOf(airthings.clientCredentials).toBeCallableWith(complete)
  expectTypeOf(airthings.clientCredentials).toBeCallableWith({ ...complete, api: 'business', scopes: ['read:device'] })
  expectTypeOf(airthings.clientCredentials).toBeCallableWith({ ...complete, clientSecret: () => 'from a vault' })
  expectTypeOf(airthings.clientCredentials).returns.toExtend<TokenCredential>()
})

test('clientCredentials needs id and secret, and one of the two APIs', () => {
  expectTypeOf<Omit<AirthingsOptions, 'clientId'>>().not.toExtend<AirthingsOptions>()
  expectTypeOf<Omit<AirthingsOptions, 'clientSecret'>>().not.toExtend<AirthingsOptions>()
  expectTypeOf<AirthingsOptions['api']>().toEqualTypeOf<'consumer' | 'business' | undefined>()
})

test('clientCredentials has no option for what Airthings has not: a user, a wire format of choice', () => {
  expectTypeOf<AirthingsOptions>().not.toHaveProperty('username')
  expectTypeOf<AirthingsOptions>().not.toHaveProperty('clientAuthentication')
})

test('authorizationCode takes the same client, and where users come back to', () => {
  expectTypeOf(airthings.authorizationCode).toBeCallableWith({ ...complete, redirectUri: 'https://air.example.com/cb' })
  expectTypeOf(airthings.authorizationCode).returns.toEqualTypeOf<SignInCredential>()
  expectTypeOf<Omit<AirthingsSignInOptions, 'redirectUri'>>().not.toExtend<AirthingsSignInOptions>()
  expectTypeOf<Omit<AirthingsSignInOptions, 'clientSecret'>>().not.toExtend<AirthingsSignInOptions>()
})

test('nobody signs in to client credentials, and they have no redirect URI', () => {
  expectTypeOf<TokenCredential>().not.toHaveProperty('beginSignIn')
  expectTypeOf<AirthingsOptions>().not.toHaveProperty('redirectUri')
  expectTypeOf<AirthingsOptions>().not.toHaveProperty('authorizationUrl')
})

test('there is no password grant', () => {
  expectTypeOf<keyof typeof airthings>().toEqualTypeOf<'vendor' | 'clientCredentials' | 'authorizationCode'>()
})
