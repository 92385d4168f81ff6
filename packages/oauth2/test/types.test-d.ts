import type { TokenCredential } from '@valetkey/core'
import { expectTypeOf, test } from 'vitest'
import type { AuthorizationCodeOptions, OAuthOptions, PendingSignIn, SignInCredential } from '../src/index.ts'
import { authorizationCode, clientCredentials, password } from '../src/index.ts'

const server = { vendor: 'acme', origins: ['https://api.example.com'], clientId: 'id' }
const redirectUri = 'https://boats.example.com/callback'

test('a server is named by its endpoints or by its issuer', () => {
  expectTypeOf(clientCredentials).toBeCallableWith({ ...server, tokenUrl: 'https://login.example.com/token' })
  expectTypeOf(clientCredentials).toBeCallableWith({ ...server, issuer: 'https://login.example.com' })
  expectTypeOf(authorizationCode).toBeCallableWith({ ...server, redirectUri, issuer: 'https://login.example.com' })
})

test('people sign in to authorizationCode only, which needs to know where they come back to', () => {
  expectTypeOf(authorizationCode).returns.toEqualTypeOf<SignInCredential>()
  expectTypeOf<Omit<AuthorizationCodeOptions, 'redirectUri'>>().not.toExtend<AuthorizationCodeOptions>()
  expectTypeOf<OAuthOptions>().not.toHaveProperty('redirectUri')
  expectTypeOf(clientCredentials).returns.not.toHaveProperty('beginSignIn')
  expectTypeOf(password).returns.not.toHaveProperty('beginSignIn')
})

test('a credential that people sign in to is a token credential, for each account', () => {
  expectTypeOf<SignInCredential>().toExtend<TokenCredential>()
  expectTypeOf<SignInCredential['for']>().returns.toEqualTypeOf<SignInCredential>()
  expectTypeOf<SignInCredential['completeSignIn']>().parameters.toEqualTypeOf<[URL | string, PendingSignIn]>()
})
