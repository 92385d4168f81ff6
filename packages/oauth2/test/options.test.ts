import { isCredentialError } from '@valetkey/core'
import { afterEach, describe, expect, test } from 'vitest'
import * as api from '../src/index.ts'
import { authorizationCode, clientCredentials, deviceCode, oauth2, password } from '../src/index.ts'
import { resolveTokenEndpoint } from '../src/resolve-token-endpoint.ts'
import { identityOf } from '../src/token-endpoint.ts'
import { CLIENT_SECRET, complete } from './helpers/grants.ts'

const TOKEN_URL = 'https://login.example.com/token'
const SIGN_IN = { username: 'skipper@example.com', password: 'canary-password' }

/** As a program without types would call it. */
type Loose = Record<string, unknown>

function callWith(changes: Loose): () => unknown {
  const options = { ...complete({ tokenUrl: TOKEN_URL }), ...SIGN_IN, ...changes }
  return () => Reflect.apply(password, undefined, [options])
}

function errorOf(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (isCredentialError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

describe('an option', () => {
  test.each(['vendor', 'tokenUrl', 'clientId', 'username', 'password'])('"%s" is required', (option) => {
    for (const missing of [undefined, '']) {
      const error = errorOf(callWith({ [option]: missing }))
      expect(error).toMatchObject({ code: 'invalid_option', option, isRetryable: false })
      expect(error.message).toBe(`[@valetkey/oauth2] "${option}" is required`)
    }
  })

  test('"clientSecret" is required for client credentials, unless the client is public by declaration', () => {
    const options = complete({ tokenUrl: TOKEN_URL, clientSecret: undefined })
    expect(errorOf(() => clientCredentials(options)).message).toBe('[@valetkey/oauth2] "clientSecret" is required')
    const explicit = complete({
      tokenUrl: TOKEN_URL,
      clientSecret: undefined,
      clientAuthentication: 'client_secret_post',
    })
    expect(errorOf(() => password({ ...explicit, ...SIGN_IN })).message).toContain('"clientSecret" is required')
    const publicClient = complete({ tokenUrl: TOKEN_URL, clientSecret: undefined, clientAuthentication: 'none' })
    expect(resolveTokenEndpoint(publicClient).clientAuthentication.method).toBe('none')
  })

  test.each<[string, unknown]>([
    ['clientId', 7],
    ['clientSecret', 7],
    ['password', {}],
    ['tokenUrl', 'login.example.com/token'],
    ['tokenUrl', '/token'],
    ['tokenUrl', 'ftp://login.example.com/token'],
    ['tokenUrl', 'https://user:canary@login.example.com/token'],
    ['encoding', 'xml'],
    ['clientAuthentication', 'tls_client_auth'],
    ['basicEncoding', 'base64'],
    ['scopeFormat', 'list'],
    ['parameters', 'header'],
    ['retryAfterHeaders', 'retry-after'],
    ['retryAfterHeaders', ['not a header name']],
    ['normalize', {}],
    ['tenant', 7],
    ['place', 'header'],
    ['refuses', {}],
    ['scopes', 'read write'],
    ['scopes', ['read write']],
    ['scopes', ['']],
  ])('"%s" cannot be %j', (option, value) => {
    const error = errorOf(callWith({ [option]: value }))
    expect(error).toMatchObject({ code: 'invalid_option', option })
    expect(error.message).toMatch(new RegExp(`^\\[@valetkey/oauth2\\] "${option}" must `))
    expect(error.message).not.toContain('canary')
  })

  test('"clientId" must not hold a colon where Basic takes it as it is', () => {
    const changes = { clientId: 'boat:app', basicEncoding: 'plain' }
    expect(errorOf(callWith(changes))).toMatchObject({ code: 'invalid_option', option: 'clientId' })
  })

  test('is missing when there are no options at all', () => {
    expect(errorOf(() => Reflect.apply(password, undefined, []))).toMatchObject({ option: 'vendor' })
  })
})

describe('plain http (S4)', () => {
  test.each([
    'http://login.example.com/token',
    'http://127.0.0.1.example.com/token',
    'http://localhost.example.com/token',
    'http://10.0.0.1/token',
    'http://[::2]/token',
    'http://0.0.0.0/token',
  ])('%s is refused, permitted or not', (tokenUrl) => {
    for (const allowInsecureRequests of [true, false, undefined]) {
      expect(errorOf(callWith({ tokenUrl, allowInsecureRequests })).code).toBe('insecure_url')
    }
  })

  test.each([
    'http://127.0.0.1:8080/token',
    'http://127.9.9.9/token',
    'http://localhost/token',
    'http://[::1]:1/token',
  ])('%s needs permission', (tokenUrl) => {
    expect(errorOf(callWith({ tokenUrl, allowInsecureRequests: false })).code).toBe('insecure_url')
    expect(resolveTokenEndpoint(complete({ tokenUrl })).endpoints.id).toBe(tokenUrl)
  })
})

describe('options on a polluted prototype (S17)', () => {
  afterEach(() => {
    for (const name of ['tokenUrl', 'allowInsecureRequests']) Reflect.deleteProperty(Object.prototype, name)
  })

  test('are not options', () => {
    Object.assign(Object.prototype, { tokenUrl: 'https://evil.example/token', allowInsecureRequests: true })
    const { tokenUrl: _, ...withoutUrl } = complete({ tokenUrl: TOKEN_URL })
    expect(errorOf(() => Reflect.apply(clientCredentials, undefined, [withoutUrl])).message).toContain(
      '"tokenUrl" is required',
    )
    const insecure = { ...complete({ tokenUrl: 'http://localhost/token' }) }
    Reflect.deleteProperty(insecure, 'allowInsecureRequests')
    expect(errorOf(() => clientCredentials(insecure)).code).toBe('insecure_url')
  })
})

describe('the identity of a token (S20)', () => {
  test('is endpoint, client, grant, user and sorted scopes, and holds no secret', () => {
    const endpoint = resolveTokenEndpoint(complete({ tokenUrl: TOKEN_URL, scopes: ['write', 'read', 'write'] }))
    expect(identityOf(endpoint, 'password', 'skipper')).toEqual([
      TOKEN_URL,
      'boat-app',
      'password',
      'skipper',
      'read',
      'write',
    ])
    expect(JSON.stringify(identityOf(endpoint, 'client_credentials'))).not.toContain(CLIENT_SECRET)
  })

  test('is another one for each tenant, and never that of a scope or user who is called alike', () => {
    const identities = [{}, { tenant: 'acme' }, { tenant: 'ajax' }, { scopes: ['acme'] }].map((options) =>
      JSON.stringify(
        identityOf(resolveTokenEndpoint(complete({ tokenUrl: TOKEN_URL, ...options })), 'password', 'acme'),
      ),
    )
    expect(new Set(identities).size).toBe(4)
  })

  test('is the same however the URL is written', () => {
    const [plain, odd] = [TOKEN_URL, 'https://LOGIN.example.com:443/a/../token'].map((tokenUrl) =>
      identityOf(resolveTokenEndpoint(complete({ tokenUrl })), 'client_credentials'),
    )
    expect(odd).toEqual(plain)
  })
})

test('the grants are exported one by one and by name', () => {
  expect(oauth2).toEqual({ clientCredentials, password, authorizationCode, deviceCode })
  expect(Object.keys(api).sort()).toEqual([
    'asRecord',
    'authorizationCode',
    'clientCredentials',
    'createTokenIntrospector',
    'deviceCode',
    'oauth2',
    'ownMembers',
    'parseUrlOption',
    'password',
    'requireUrlOption',
    'vendorAuthorizationCode',
    'vendorClientCredentials',
    'vendorPassword',
  ])
})
