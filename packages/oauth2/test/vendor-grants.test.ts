import type { TokenCredential } from '@valetkey/core'
import { memoryStore } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import type { SignInCredential, TokenEndpointDialect } from '../src/index.ts'
import {
  authorizationCode,
  clientCredentials,
  password,
  vendorAuthorizationCode,
  vendorClientCredentials,
  vendorPassword,
} from '../src/index.ts'
import { complete, PASSWORD } from './helpers/grants.ts'
import { AUTHORIZATION_URL, REDIRECT_URI, signIn } from './helpers/sign-in.ts'
import { startTokenServer } from './helpers/token-server.ts'

const TOKENS = { access_token: 'first-token', refresh_token: 'first-refresh', expires_in: 3600 }

function optionsFor(tokenUrl: string, changes: Partial<ReturnType<typeof complete>> = {}) {
  const urls = { tokenUrl, authorizationUrl: AUTHORIZATION_URL, redirectUri: REDIRECT_URI }
  return { ...complete({ scopes: ['read'], ...changes }), ...urls, username: 'skipper', password: PASSWORD }
}

type Create = (options: ReturnType<typeof optionsFor>) => TokenCredential

/** Each grant for any vendor, and for vendor packages. */
const GRANTS: readonly [name: string, any: Create, vendor: Create][] = [
  ['client credentials', clientCredentials, vendorClientCredentials],
  ['a password', password, vendorPassword],
  ['an authorization code', authorizationCode, vendorAuthorizationCode],
]

const VENDOR_GRANTS = GRANTS.map(([name, , create]) => [name, create] as const)

const DIALECTS: readonly [name: string, dialect: TokenEndpointDialect & { clientSecret?: undefined }][] = [
  ['the standard', {}],
  ['plain Basic', { basicEncoding: 'plain' }],
  ['JSON', { encoding: 'json', clientAuthentication: 'client_secret_post', scopeFormat: 'array' }],
  ['the query', { parameters: 'query', clientAuthentication: 'client_secret_post', scopeFormat: 'omit' }],
  ['a public client', { clientAuthentication: 'none', clientSecret: undefined }],
]

/** Comes to tokens twice: first ones, where a person signs in by a sign-in, and refreshed or further ones. */
async function use(credential: TokenCredential): Promise<void> {
  if (isSignIn(credential)) await signIn(credential)
  await credential.renew(await credential.authorization())
}

function isSignIn(credential: TokenCredential): credential is SignInCredential {
  return 'beginSignIn' in credential
}

describe.each(GRANTS)('%s of a vendor package', (_name, any, vendor) => {
  test.each(DIALECTS)('sends by %s what that for any vendor sends', async (_dialect, dialect) => {
    await using server = await startTokenServer({ body: TOKENS })
    for (const create of [any, vendor]) await use(create(optionsFor(server.tokenUrl, dialect)))
    const sent = server.requests.map((request) => JSON.stringify(request).replace(/code_verifier\W+[\w-]+/, ''))
    expect(sent).toHaveLength(4)
    expect(sent.slice(2)).toEqual(sent.slice(0, 2))
  })

  test('finds the tokens that that for any vendor has stored', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    const options = optionsFor(server.tokenUrl, { store: memoryStore() })
    await use(any(options))
    expect((await vendor(options).getToken()).accessToken).toBe('first-token')
    expect(server.requests).toHaveLength(2)
  })

  test('forgets tokens, but revokes none', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    const revocationUrl = `${server.origin}/revoke`
    const credential = vendor(optionsFor(server.tokenUrl, { revocationUrl }))
    await use(credential)
    expect(await credential.signOut()).toEqual({ revoked: false })
    expect(server.requests.map(({ url }) => url)).toEqual(['/oauth/token', '/oauth/token'])
  })
})

describe.each(VENDOR_GRANTS)('%s of a vendor package', (_name, create) => {
  test.each([
    ['vendor', undefined, 'is required'],
    ['clientId', undefined, 'is required'],
    ['tokenUrl', undefined, 'is required'],
    ['tokenUrl', 'http://login.example.com/token', 'must be https'],
    ['clientSecret', '', 'is required'],
    ['clientAuthentication', 'private_key_jwt', `must be one of 'client_secret_basic', 'client_secret_post', 'none'`],
  ])('does not take %s: %s', (option, value, problem) => {
    const options = { ...optionsFor('https://login.example.com/token'), [option]: value }
    expect(() => Reflect.apply(create, undefined, [options])).toThrow(`[@valetkey/oauth2] "${option}" ${problem}`)
  })
})

test('an authorization code of a vendor package needs the place where people sign in', () => {
  const options = { ...optionsFor('https://login.example.com/token'), authorizationUrl: undefined }
  expect(() => Reflect.apply(vendorAuthorizationCode, undefined, [options])).toThrow('"authorizationUrl" is required')
})

test('client credentials of a vendor package need a secret, unless the client is public by declaration', () => {
  const options = { ...optionsFor('https://login.example.com/token'), clientSecret: undefined }
  expect(() => vendorClientCredentials(options)).toThrow('[@valetkey/oauth2] "clientSecret" is required')
  expect(() => vendorClientCredentials({ ...options, clientAuthentication: 'none' })).not.toThrow()
})
