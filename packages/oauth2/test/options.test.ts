import { isCredentialError } from '@valetkey/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { identityOf, resolveTokenEndpoint } from '../src/endpoint.ts'
import * as api from '../src/index.ts'
import {
  authorizationCode,
  clientCredentials,
  customGrant,
  deviceCode,
  jwtBearer,
  oauth2,
  password,
  tokenExchange,
} from '../src/index.ts'
import { CLIENT_SECRET, complete } from './helpers/grants.ts'

const TOKEN_URL = 'https://login.example.com/token'
const SIGN_IN = { username: 'skipper@example.com', password: 'canary-password' }

/** As a program without types would call it. */
type Loose = Record<string, unknown>

function callWith(changes: Loose): () => unknown {
  const options = { ...complete({ tokenUrl: TOKEN_URL }), ...SIGN_IN, ...changes }
  return () => Reflect.apply(password, undefined, [options])
}

/** What a factory needs, and nothing that it does not know. */
function callableOptions(make: (options: never) => unknown): Loose {
  const own: [typeof make, Loose][] = [
    [password, SIGN_IN],
    [authorizationCode, { authorizationUrl: TOKEN_URL, redirectUri: 'https://boats.example.com/callback' }],
    [deviceCode, { deviceAuthorizationUrl: TOKEN_URL }],
    [api.createTokenIntrospector, { introspectionUrl: TOKEN_URL }],
  ]
  return { ...complete({ tokenUrl: TOKEN_URL }), ...own.find(([factory]) => factory === make)?.[1] }
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
  test.each(['vendor', 'clientId', 'username', 'password'])('"%s" is required', (option) => {
    for (const missing of [undefined, '']) {
      const error = errorOf(callWith({ [option]: missing }))
      expect(error).toMatchObject({ code: 'invalid_option', option, isRetryable: false })
      const speaker = option === 'vendor' ? '@valetkey/oauth2' : 'acme'
      expect(error.message).toBe(`[${speaker}] "${option}" is required`)
    }
  })

  test.each([undefined, ''])('"tokenUrl" or "issuer" is required; %j is neither', (tokenUrl) => {
    const error = errorOf(callWith({ tokenUrl }))
    expect(error).toMatchObject({ code: 'invalid_option', option: 'tokenUrl' })
    expect(error.message).toBe('[acme] "tokenUrl" is required, or "issuer", whose discovery document names it')
    expect(callWith({ tokenUrl: undefined, issuer: 'https://login.example.com' })).not.toThrow()
  })

  test('"clientSecret" is required for client credentials, unless the client is public by declaration', () => {
    const options = complete({ tokenUrl: TOKEN_URL, clientSecret: undefined })
    expect(errorOf(() => clientCredentials(options)).message).toBe('[acme] "clientSecret" is required')
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
    ['tokenUrl', 'shttp://login.example.com/token'],
    ['tokenUrl', 'https://user:canary@login.example.com/token'],
    ['tokenUrl', 'https://canary@login.example.com/token'],
    ['tokenUrl', 'https://:canary@login.example.com/token'],
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
    expect(error.message).toMatch(new RegExp(`^\\[acme\\] "${option}" must `))
    expect(error.message).not.toContain('canary')
  })

  test('"clientId" must not hold a colon where Basic takes it as it is', () => {
    const changes = { clientId: 'boat:app', basicEncoding: 'plain' }
    const error = errorOf(callWith(changes))
    expect(error).toMatchObject({ code: 'invalid_option', option: 'clientId' })
    expect(error.message).toContain('must not hold ":" with basicEncoding')
    const post = { clientAuthentication: 'client_secret_post', basicEncoding: undefined }
    for (const other of [{ basicEncoding: 'form-urlencoded' }, post])
      expect(callWith({ ...changes, ...other })).not.toThrow()
    expect(callWith({ ...changes, clientId: 'boat-app' })).not.toThrow()
  })

  test('is missing when there are no options at all', () => {
    expect(errorOf(() => Reflect.apply(password, undefined, []))).toMatchObject({ option: 'vendor' })
  })
})

describe('a secret that ends in a line break, as one read from a file does,', () => {
  const options = (changes: Loose): Loose => ({ ...callableOptions(password), ...changes })

  test.each<[name: string, make: (options: never) => unknown, option: string]>([
    ['clientCredentials', clientCredentials, 'clientSecret'],
    ['password', password, 'clientSecret'],
    ['password', password, 'password'],
    ['authorizationCode', authorizationCode, 'clientSecret'],
    ['deviceCode', deviceCode, 'clientSecret'],
    ['createTokenIntrospector', api.createTokenIntrospector, 'clientSecret'],
  ])('is refused by %s: %3$s', (_name, make, option) => {
    for (const end of ['\n', '\r\n', '\r']) {
      const error = errorOf(() =>
        Reflect.apply(make, undefined, [{ ...callableOptions(make), [option]: `canary${end}` }]),
      )
      expect(error).toMatchObject({ code: 'invalid_option', option })
      expect(error.message).toBe(`[acme] "${option}" ends in a line break: trim it`)
    }
  })

  test.each(['clientSecret', 'password'])('is not sent when a function gives it: %s', async (option) => {
    const fetch = vi.fn<typeof globalThis.fetch>()
    const credential = Reflect.apply(password, undefined, [options({ [option]: async () => 'canary\n', fetch })])
    const error: unknown = await credential.getToken().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'token_unavailable', message: expect.stringContaining(`"${option}" ends in`) })
    expect([String(error).includes('canary'), fetch.mock.calls.length]).toEqual([false, 0])
  })

  test('may have one inside', () => {
    expect(Reflect.apply(password, undefined, [options({ password: 'two\nlines' })])).toMatchObject({ vendor: 'acme' })
  })
})

describe('options that contradict one another are refused:', () => {
  const clientKey = crypto.subtle
    .generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])
    .then((pair) => ('privateKey' in pair ? pair.privateKey : pair))

  test.each<[option: string, changes: Loose, problem: string]>([
    ['scopeFormat', { scopeFormat: 'array' }, `without "encoding": 'json'`],
    ['scopeFormat', { scopeFormat: 'array', encoding: 'form' }, `without "encoding": 'json'`],
    ['scopeFormat', { scopeFormat: 'array', parameters: 'query' }, `without "encoding": 'json'`],
    ['encoding', { encoding: 'json', parameters: 'query' }, `with "parameters": 'query'`],
    ['encoding', { encoding: 'json', scopeFormat: 'array', parameters: 'query' }, `with "parameters": 'query'`],
    ['clientSecret', { clientAuthentication: 'none' }, `with "clientAuthentication": 'none'`],
    ['clientSecret', { clientAuthentication: 'none', clientSecret: () => 's' }, `with "clientAuthentication": 'none'`],
    ['basicEncoding', { basicEncoding: 'plain', clientAuthentication: 'client_secret_post' }, `'client_secret_post'`],
    ['basicEncoding', { basicEncoding: 'plain', clientAuthentication: 'none', clientSecret: undefined }, `'none'`],
    ['basicEncoding', { basicEncoding: 'plain', clientSecret: undefined }, `'none'`],
  ])('%s of %j', (option, changes, problem) => {
    for (const make of [clientCredentials, password, authorizationCode, deviceCode, api.createTokenIntrospector]) {
      const error = errorOf(() => Reflect.apply(make, undefined, [{ ...callableOptions(make), ...changes }]))
      expect(error).toMatchObject({ code: 'invalid_option', option })
      expect(error.message).toMatch(new RegExp(`^\\[acme\\] "${option}" must not `))
      expect(error.message).toContain(problem)
      expect(error.message).not.toContain(CLIENT_SECRET)
    }
  })

  test.each(['client_secret_basic', 'client_secret_post', 'none'])('a clientKey with %s', async (method) => {
    const clientSecret = method === 'none' ? undefined : CLIENT_SECRET
    const changes = { clientKey: await clientKey, clientAuthentication: method, clientSecret }
    expect(errorOf(callWith(changes))).toMatchObject({ code: 'invalid_option', option: 'clientKey' })
  })

  test('those that do not contradict are taken', () => {
    for (const changes of [
      { encoding: 'json', scopeFormat: 'array', parameters: 'body' },
      { encoding: 'form', parameters: 'query', scopeFormat: 'omit' },
      { basicEncoding: 'plain', clientAuthentication: 'client_secret_basic' },
      { clientAuthentication: 'none', clientSecret: undefined, clientKey: undefined, basicEncoding: undefined },
    ])
      expect(callWith(changes)).not.toThrow()
  })
})

describe('an unknown option', () => {
  const factories = {
    clientCredentials,
    password,
    authorizationCode,
    deviceCode,
    createTokenIntrospector: api.createTokenIntrospector,
  }

  test.each(Object.entries(factories))('is refused by %s, with the nearest name', (_, make) => {
    const call = (changes: Loose) =>
      errorOf(() => Reflect.apply(make, undefined, [{ ...callableOptions(make), ...changes }]))
    for (const [given, nearest] of [
      ['clientID', 'clientId'],
      ['client_secret', 'clientSecret'],
      ['scope', 'scopes'],
      ['tokenURL', 'tokenUrl'],
      ['revokationUrl', 'revocationUrl'],
      ['basicEncodings', 'basicEncoding'],
    ] as const) {
      const error = call({ [given]: 'canary' })
      expect(error).toMatchObject({ code: 'invalid_option', option: given, vendor: 'acme' })
      expect(error.message).toBe(`[acme] "${given}" is not an option: did you mean "${nearest}"?`)
    }
    expect(call({ retries: undefined }).message).toMatch(
      /^\[acme\] "retries" is not an option; the options are a.*, allowInsecureRequests, .*tokenUrl/,
    )
  })

  test('is refused before what is required, so that a wrong name is not a missing one', () => {
    const { clientId, ...rest } = complete({ tokenUrl: TOKEN_URL })
    const error = errorOf(() => Reflect.apply(clientCredentials, undefined, [{ ...rest, clientID: clientId }]))
    expect(error).toMatchObject({ option: 'clientID', message: expect.stringContaining('did you mean "clientId"?') })
  })

  test('is told in the words of this package where the vendor has no name', () => {
    const { vendor, ...rest } = complete({ tokenUrl: TOKEN_URL })
    const error = errorOf(() => Reflect.apply(clientCredentials, undefined, [{ ...rest, vendorName: vendor }]))
    expect(error.message).toMatch(/^\[@valetkey\/oauth2\] "vendorName" is not an option/)
  })

  test('of a sign-in is refused where it begins', async () => {
    const person = Reflect.apply(authorizationCode, undefined, [callableOptions(authorizationCode)])
    const device = Reflect.apply(deviceCode, undefined, [callableOptions(deviceCode)])
    const fetch = vi.fn<typeof globalThis.fetch>()
    const introspect = Reflect.apply(api.createTokenIntrospector, undefined, [
      { ...callableOptions(api.createTokenIntrospector), fetch },
    ])
    const unknown = (option: string, nearest: string) => ({
      code: 'invalid_option',
      option,
      message: `[acme] "${option}" is not an option: did you mean "${nearest}"?`,
    })
    await expect(person.beginSignIn({ scope: ['a'] })).rejects.toMatchObject(unknown('scope', 'scopes'))
    await expect(device.beginSignIn({ signals: undefined })).rejects.toMatchObject(unknown('signals', 'signal'))
    await expect(introspect('token', { Signal: undefined })).rejects.toMatchObject(unknown('Signal', 'signal'))
    expect(fetch).not.toHaveBeenCalled()
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
      const error = errorOf(callWith({ tokenUrl, allowInsecureRequests }))
      expect(error).toMatchObject({ code: 'insecure_url', vendor: 'acme' })
    }
  })

  test.each([
    'http://127.0.0.1:8080/token',
    'http://127.9.9.9/token',
    'http://127.10.110.210/token',
    'http://localhost/token',
    'http://[::1]:1/token',
  ])('%s needs permission', (tokenUrl) => {
    expect(errorOf(callWith({ tokenUrl, allowInsecureRequests: false })).code).toBe('insecure_url')
    expect(resolveTokenEndpoint(complete({ tokenUrl })).endpoints.id).toBe(tokenUrl)
  })
})

describe('http to hosts that "allowInsecureRequests" lists', () => {
  const KEYCLOAK = 'http://keycloak:8080/realms/boats'

  test('is permitted for every URL option, for origins and for redirects', () => {
    const urls = {
      issuer: KEYCLOAK,
      tokenUrl: `${KEYCLOAK}/token`,
      authorizationUrl: `${KEYCLOAK}/auth`,
      revocationUrl: `${KEYCLOAK}/revoke`,
      deviceAuthorizationUrl: `${KEYCLOAK}/device`,
      introspectionUrl: `${KEYCLOAK}/introspect`,
      pushedAuthorizationRequestUrl: `${KEYCLOAK}/par`,
    }
    const allowInsecureRequests = ['Keycloak:8080', '10.0.0.5', 'home.lan:8123']
    const origins = ['http://10.0.0.5', 'https://api.example.com']
    const options = { ...complete({ ...urls, origins, allowInsecureRequests }) }
    expect(clientCredentials(options).covers('http://10.0.0.5')).toBe(true)
    expect(authorizationCode({ ...options, redirectUri: 'http://home.lan:8123/callback' }).vendor).toBe('acme')
    for (const name of Object.keys(urls)) {
      const error = errorOf(() => clientCredentials({ ...options, [name]: 'http://keycloak:9090/realms/boats' }))
      expect(error).toMatchObject({ code: 'insecure_url' })
      expect(error.message).toBe(
        `[acme] "${name}" must be https; for a development host add "keycloak:9090" to "allowInsecureRequests"`,
      )
    }
  })

  test('is not permitted for another port, a subdomain, or loopback hosts that are not listed', () => {
    for (const tokenUrl of [
      'http://keycloak/token',
      'http://keycloak:80/token',
      'http://sub.keycloak:8080/token',
      'http://keycloak.evil.example:8080/token',
      'http://localhost:8080/token',
    ])
      expect(errorOf(callWith({ tokenUrl, allowInsecureRequests: ['keycloak:8080'] })).code).toBe('insecure_url')
    expect(callWith({ tokenUrl: 'http://keycloak/token', allowInsecureRequests: ['keycloak:80'] })).not.toThrow()
  })

  test('says of a loopback host that true permits it', () => {
    const error = errorOf(callWith({ tokenUrl: 'http://localhost:8080/token', allowInsecureRequests: undefined }))
    expect(error.message).toBe(
      '[acme] "tokenUrl" must be https; for this loopback host set "allowInsecureRequests" to true',
    )
  })

  test.each([
    [[]],
    [['http://keycloak:8080']],
    [['keycloak:8080/realms']],
    [['*.example.com']],
    [['*']],
    [['user@keycloak']],
    [['keycloak:port']],
    [['']],
    [[8080]],
    ['keycloak:8080'],
    [null],
    [1],
  ])('%j is no list of hosts', (allowInsecureRequests) => {
    const error = errorOf(callWith({ allowInsecureRequests }))
    expect(error).toMatchObject({ code: 'invalid_option', option: 'allowInsecureRequests' })
    expect(error.message).toContain('must be true, or an array of hosts such as "keycloak:8080"')
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
    expect(clientCredentials(complete({ tokenUrl: TOKEN_URL })).vendor).toBe('acme')
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
  expect(oauth2).toEqual({
    clientCredentials,
    password,
    authorizationCode,
    deviceCode,
    jwtBearer,
    tokenExchange,
    customGrant,
  })
  expect(Object.keys(api).sort()).toEqual([
    'asRecord',
    'authorizationCode',
    'clientCredentials',
    'createTokenIntrospector',
    'customGrant',
    'defineVendor',
    'deviceCode',
    'jwtBearer',
    'oauth2',
    'parseUrlOption',
    'password',
    'requireUrlOption',
    'tokenExchange',
  ])
})
