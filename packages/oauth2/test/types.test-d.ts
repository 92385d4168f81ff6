import type { Credential, TokenCredential } from '@valetkey/core'
import type { JWK } from 'jose'
import { expectTypeOf, test } from 'vitest'
import type {
  AccountResourceCredential,
  AssertionKey,
  AuthorizationCodeOptions,
  CustomGrantOptions,
  DeviceCredential,
  OAuthOptions,
  PendingSignIn,
  ResourceCredential,
  ResourceOptions,
  Resources,
  SignInCredential,
} from '../src/index.ts'
import {
  authorizationCode,
  clientCredentials,
  createTokenIntrospector,
  customGrant,
  deviceCode,
  jwtBearer,
  password,
  tokenExchange,
} from '../src/index.ts'

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

test('a sign-in has a verifier unless PKCE is off', () => {
  expectTypeOf<AuthorizationCodeOptions['pkce']>().toEqualTypeOf<boolean | undefined>()
  expectTypeOf<OAuthOptions>().not.toHaveProperty('pkce')
  expectTypeOf<PendingSignIn['codeVerifier']>().toEqualTypeOf<string | undefined>()
})

test('details are of unknown types, or of those that a program names, and are not written to', () => {
  const credential = clientCredentials({ ...server, tokenUrl: 'https://login.example.com/token' })
  expectTypeOf(credential.details()).resolves.toEqualTypeOf<Readonly<Record<string, unknown>>>()
  const named = credential.details<{ instance_url: string; athlete?: { id: number } }>({ signal: null })
  expectTypeOf(named).resolves.toEqualTypeOf<{ readonly instance_url: string; readonly athlete?: { id: number } }>()
  expectTypeOf<SignInCredential['details']>().toEqualTypeOf<TokenCredential['details']>()
})

test('a credential that people sign in to is a token credential, for each account', () => {
  expectTypeOf<SignInCredential>().toExtend<TokenCredential>()
  expectTypeOf<SignInCredential['for']>().returns.toEqualTypeOf<SignInCredential>()
  expectTypeOf<SignInCredential['completeSignIn']>().parameters.toEqualTypeOf<[URL | string, PendingSignIn]>()
})

test('a client may be left out only where the grant does without one', () => {
  const api = { vendor: 'acme', origins: ['https://api.example.com'], tokenUrl: 'https://login.example.com/token' }
  expectTypeOf(jwtBearer).toBeCallableWith({ ...api, assertion: async () => 'assertion' })
  expectTypeOf(tokenExchange).toBeCallableWith({ ...api, subjectToken: 'token' })
  expectTypeOf(customGrant).toBeCallableWith({ ...api, grantType: 'client_credential' })
  expectTypeOf<typeof api>().not.toExtend<OAuthOptions>()
})

test('an assertion is made with a key of WebCrypto, of jose, as PEM, or from a function', () => {
  const claims = { iss: 'boats@example.com' }
  const api = { vendor: 'acme', origins: ['https://api.example.com'], tokenUrl: 'https://login.example.com/token' }
  expectTypeOf(jwtBearer).toBeCallableWith({ ...api, assertion: { key: 'PEM', claims } })
  expectTypeOf(jwtBearer).toBeCallableWith({ ...api, assertion: { key: async () => ({ kty: 'RSA', d: 'd' }), claims } })
  expectTypeOf<JWK>().toExtend<AssertionKey>()
  expectTypeOf<JsonWebKey>().toExtend<AssertionKey>()
  expectTypeOf<CryptoKey>().toExtend<AssertionKey>()
})

test('a custom grant takes its own parameters, and says otherwise where they go', () => {
  expectTypeOf<CustomGrantOptions['parameters']>().not.toExtend<OAuthOptions['parameters']>()
  expectTypeOf<CustomGrantOptions['parametersIn']>().toEqualTypeOf<OAuthOptions['parameters']>()
})

test('parameters and headers are texts, and parameters may depend on the grant type', () => {
  type TokenParameters = OAuthOptions['tokenParameters']
  expectTypeOf<{ audience: string }>().toExtend<TokenParameters>()
  expectTypeOf<(grantType: string) => { audience: string }>().toExtend<TokenParameters>()
  expectTypeOf<{ expires_in: number }>().not.toExtend<TokenParameters>()
  expectTypeOf<() => Promise<{ audience: string }>>().not.toExtend<TokenParameters>()
  expectTypeOf<() => { audience: string }>().not.toExtend<OAuthOptions['authorizationParameters']>()
  expectTypeOf<{ 'user-agent': string }>().toExtend<OAuthOptions['tokenHeaders']>()
})

test('a sign-in may ask for more scopes, in the browser and on another device', () => {
  expectTypeOf<{ addScopes: string[] }>().toExtend<Parameters<SignInCredential['beginSignIn']>[0]>()
  expectTypeOf<{ addScopes: string[] }>().toExtend<Parameters<DeviceCredential['beginSignIn']>[0]>()
  expectTypeOf<{ addScopes: string }>().not.toExtend<Parameters<SignInCredential['beginSignIn']>[0]>()
})

test('an option that a grant does not know does not compile', () => {
  const tokenUrl = 'https://login.example.com/token'
  const factories = () => [
    // @ts-expect-error -- not an option
    clientCredentials({ ...server, tokenUrl, clientID: 'id' }),
    // @ts-expect-error -- not an option
    password({ ...server, tokenUrl, username: 'skipper', password: 'p', scope: 'read' }),
    // @ts-expect-error -- not an option
    authorizationCode({ ...server, tokenUrl, redirectUri, redirectURI: redirectUri }),
    // @ts-expect-error -- not an option
    deviceCode({ ...server, tokenUrl, deviceUrl: tokenUrl }),
    // @ts-expect-error -- not an option
    createTokenIntrospector({ vendor: 'acme', clientId: 'id', introspectionUrl: tokenUrl, introspectUrl: tokenUrl }),
  ]
  const uses = (credential: SignInCredential) => [
    // @ts-expect-error -- not an option
    credential.beginSignIn({ scope: ['read'] }),
    // @ts-expect-error -- not an option
    credential.getToken({ timeoutMs: 1 }),
    // @ts-expect-error -- not an option
    credential.close({ timeout: 1 }),
  ]
  expectTypeOf(factories).toBeFunction()
  expectTypeOf(uses).toBeFunction()
})

test('http is permitted for loopback hosts, or for hosts that are listed', () => {
  expectTypeOf<OAuthOptions['allowInsecureRequests']>().toEqualTypeOf<boolean | readonly string[] | undefined>()
})

test('one API of several is a credential that needs no sign-in, and takes no tokens', () => {
  expectTypeOf<SignInCredential['resource']>().returns.toEqualTypeOf<AccountResourceCredential>()
  expectTypeOf<DeviceCredential['audience']>().returns.toEqualTypeOf<AccountResourceCredential>()
  expectTypeOf<AccountResourceCredential['for']>().returns.toEqualTypeOf<AccountResourceCredential>()
  expectTypeOf(password).returns.toExtend<Resources>()
  expectTypeOf(clientCredentials).returns.toExtend<Resources>()
  expectTypeOf<TokenCredential>().toExtend<ResourceCredential>()
  expectTypeOf<ResourceCredential>().toExtend<Credential>()
  for (const name of ['beginSignIn', 'completeSignIn', 'importTokens', 'resource'] as const)
    expectTypeOf<AccountResourceCredential>().not.toHaveProperty(name)
  expectTypeOf<SignInCredential['resource']>().parameter(1).toEqualTypeOf<ResourceOptions | undefined>()
})
