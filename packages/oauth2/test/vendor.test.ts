import type { ApiKeyCredential, TokenCredential } from '@valetkey/core'
import { createApiKeyCredential } from '@valetkey/core'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import type { VendorData } from '../src/index.ts'
import { authorizationCode, clientCredentials, customGrant, defineVendor, password } from '../src/index.ts'
import { CLIENT, createTokenEndpoint, firstRequest, type Loose, refusalOf } from './helpers/vendor.ts'

const DATA = {
  name: 'acme',
  origins: ['https://api.acme.example', 'https://files.acme.example'],
  tokenUrl: 'https://login.acme.example/token',
} as const satisfies VendorData

/** The factory of client credentials of a vendor that has this beside `DATA`. */
const acme = (data: Partial<VendorData> = {}) => defineVendor<VendorData>({ ...DATA, ...data })(clientCredentials)

const ABOUT = 'what stands there'
const shaped = (is: 'label' | 'host' | 'segment' | 'path', tokenUrl: string) =>
  acme({ placeholders: { place: { is, about: ABOUT } }, tokenUrl })

const inLabel = shaped('label', 'https://{place}.acme.example/token')
const inHost = shaped('host', 'https://{place}/token')
const inSegment = shaped('segment', 'https://login.acme.example/{place}/token')
const inPath = shaped('path', '{place}')

describe('a placeholder', () => {
  test.each([
    ['label', inLabel, 'boats', 'https://boats.acme.example/token'],
    ['label', inLabel, 'Boats-2', 'https://boats-2.acme.example/token'],
    ['label', inLabel, '7', 'https://7.acme.example/token'],
    ['host', inHost, 'login.boats.example', 'https://login.boats.example/token'],
    ['host', inHost, 'Login.Boats.example:8443', 'https://login.boats.example:8443/token'],
    ['host', inHost, 'intranet', 'https://intranet/token'],
    ['segment', inSegment, 'Boats_7.a~b-c', 'https://login.acme.example/Boats_7.a~b-c/token'],
    ['segment', inSegment, '...', 'https://login.acme.example/.../token'],
    ['path', inPath, '/auth/Token', 'https://api.acme.example/auth/Token'],
    ['path', inPath, '/{clientId}/token', 'https://api.acme.example/%7BclientId%7D/token'],
  ])('that is a %s: %#, %j', async (_, make, place, url) => {
    expect((await firstRequest(make, { place })).url).toBe(url)
  })

  const NO_LABELS = [
    'a.b',
    'evil.com/',
    'evil.com#',
    '-a',
    'a-',
    'a b',
    'a\n',
    'a:1',
    'a@b',
    'é',
    '\u212A',
    'x'.repeat(64),
  ]
  const NO_HOSTS = [
    'evil.com/',
    'evil.com?',
    'a@evil.com',
    'a..b',
    '.a',
    'a.',
    'a:',
    'a:b',
    '[::1]',
    'https://a',
    'a\n',
  ]
  /** The URL parser takes these for addresses and ports that there are not. */
  const NO_ADDRESSES = ['256.1.1.1', '1.2.3.4.5', 'boats.1', 'a:99999']
  const NO_SEGMENTS = ['.', '..', '/', 'a/b', '%2e%2e', 'a?b', 'a#b', 'a b', 'a\\b', '{place}', 'é', 'a\n']
  const NO_PATHS = ['a', 'a/b', 'https://evil.example/', '/a?b', '/a#b', '?a']

  test.each([
    ...NO_LABELS.map((place) => ['label', inLabel, place] as const),
    ...[...NO_HOSTS, ...NO_ADDRESSES].map((place) => ['host', inHost, place] as const),
    ...NO_ADDRESSES.map((place) => ['host of the API', hostOfApi(), place] as const),
    ...NO_SEGMENTS.map((place) => ['segment', inSegment, place] as const),
    ...NO_PATHS.map((place) => ['path', inPath, place] as const),
  ])('that is a %s: %#, not %j', (_, make, place) => {
    expect(refusalOf(make, { place })).toBe(`invalid_option [acme] "place" must be ${ABOUT}`)
  })

  function hostOfApi() {
    const placeholders = { place: { is: 'host', about: ABOUT } } as const
    return acme({ placeholders, origins: ['https://{place}'], tokenUrl: '/token' })
  }

  const optional = acme({
    placeholders: { place: { is: 'label', about: ABOUT, default: 'main', except: ['www'] } },
    tokenUrl: 'https://{place}.acme.example/token',
  })

  test('is required', () => {
    for (const options of [{}, { place: undefined }, { place: '' }]) {
      expect(refusalOf(inLabel, options)).toBe('invalid_option [acme] "place" is required')
    }
    expect(refusalOf(optional, { place: '' })).toBe(`invalid_option [acme] "place" must be ${ABOUT}`)
  })

  test.each([7, null, true, ['boats'], { toString: () => 'boats' }])('is a text, not %j', (place) => {
    for (const make of [inLabel, optional]) {
      expect(refusalOf(make, { place })).toMatch(/^invalid_option \[acme\] "place" must be a string, not /)
    }
  })

  test('may have a default, and values that look right and are not', async () => {
    const urls = [{}, { place: undefined }, { place: 'boats' }].map((options) => firstRequest(optional, options))
    expect((await Promise.all(urls)).map(({ url }) => url)).toEqual([
      'https://main.acme.example/token',
      'https://main.acme.example/token',
      'https://boats.acme.example/token',
    ])
    for (const place of ['www', 'WWW']) expect(refusalOf(optional, { place })).toContain(`"place" must be ${ABOUT}`)
  })

  test('stands in origins, parameters, headers and scopes too; other braces stay as they are', async () => {
    const make = acme({
      placeholders: { place: { is: 'segment', about: ABOUT } },
      origins: ['https://{place}.acme.example'],
      tokenParameters: { account: '{place}', app: '{clientId}', note: '{other}' },
      tokenHeaders: { 'x-place': '{place}' },
      scopes: ['read:{place}'],
    })
    const { form, headers } = await firstRequest(make, { place: 'boats' })
    expect(Object.fromEntries(form)).toMatchObject({ account: 'boats', app: 'boat-app', note: '{other}' })
    expect([headers['x-place'], form.get('scope')]).toEqual(['boats', 'read:boats'])
    expect(createTokenEndpoint().connect(make, { place: 'boats' }).origins).toEqual(['https://boats.acme.example'])
  })

  test('is not looked for in what a program gives', async () => {
    const given = { place: 'boats', scopes: ['{place}'], tokenParameters: { note: '{clientSecret}' } }
    const { form } = await firstRequest(inLabel, given)
    expect([form.get('scope'), form.get('note')]).toEqual(['{place}', '{clientSecret}'])
  })
})

describe('a URL that begins with "/"', () => {
  const onBase = acme({ tokenUrl: '/oauth/token?v=2', revocationUrl: '/oauth/revoke' })
  const baseUrl = 'https://proxy.example:8443/some/path?a=1'

  test('is on the host of "baseUrl", else on the first host of the API', async () => {
    expect((await firstRequest(onBase)).url).toBe('https://api.acme.example/oauth/token?v=2')
    expect((await firstRequest(onBase, { baseUrl })).url).toBe('https://proxy.example:8443/oauth/token?v=2')
  })

  test.each([
    '//evil.example',
    '/\\evil.example/token',
    '/@evil.example',
    '/..//evil.example',
    '/.//evil.example',
    '/:1',
  ])('stays on that host: %j', async (place) => {
    for (const [options, host] of [
      [{}, 'api.acme.example'],
      [{ baseUrl }, 'proxy.example:8443'],
    ] as const) {
      expect(new URL((await firstRequest(inPath, { place, ...options })).url).host).toBe(host)
      const behindHost = shaped('path', 'https://login.acme.example{place}')
      expect(new URL((await firstRequest(behindHost, { place, ...options })).url).host).toBe('login.acme.example')
    }
  })

  test('needs "baseUrl" where the vendor has no host', () => {
    expect(refusalOf(acme({ origins: undefined, tokenUrl: '/token' }))).toBe(
      'invalid_option [acme] "baseUrl" is required',
    )
  })
})

describe('a variant', () => {
  const variants = {
    region: {
      eu: { origins: ['https://eu.acme.example'], tokenUrl: '/token' },
      us: { origins: ['https://us.acme.example'], tokenUrl: '/token', scopes: ['us'] },
    },
  } as const
  const make = acme({ variants })

  test('is the first unless another is chosen', async () => {
    const requests = [{}, { region: undefined }, { region: 'us' }].map((options) => firstRequest(make, options))
    expect((await Promise.all(requests)).map(({ url, form }) => [url, form.get('scope')])).toEqual([
      ['https://eu.acme.example/token', null],
      ['https://eu.acme.example/token', null],
      ['https://us.acme.example/token', 'us'],
    ])
  })

  test.each(['', 'EU', 'asia', null, 1, ['us'], 'constructor', '__proto__', { toString: () => 'us' }])(
    'is not %j',
    (region) => {
      expect(refusalOf(make, { region })).toBe(`invalid_option [acme] "region" must be 'eu' or 'us'`)
    },
  )
})

describe('the options of a factory', () => {
  test('are those of the grant that the data leave open; others are named, with the list', () => {
    const open = acme({ placeholders: { shop: { is: 'label', about: ABOUT } }, variants: { region: { eu: {} } } })
    for (const name of [
      'vendor',
      'origins',
      'issuer',
      'tenant',
      'pkce',
      'encoding',
      'place',
      'normalize',
      'username',
    ]) {
      expect(refusalOf(open, { [name]: undefined })).toMatch(
        new RegExp(`^invalid_option \\[acme\\] "${name}" is not an`),
      )
    }
    const list = Object.keys(open.options).toSorted()
    expect(list).toEqual(
      expect.arrayContaining(['account', 'baseUrl', 'clientId', 'region', 'shop', 'store', 'tokenUrl']),
    )
    expect(refusalOf(open, { qqqqqqqq: 1 })).toBe(
      `invalid_option [acme] "qqqqqqqq" is not an option; the options are ${list.join(', ')}`,
    )
    expect(refusalOf(open, { shopp: 'boats' })).toContain('"shopp" is not an option: did you mean "shop"?')
  })

  test('have no scopes where the vendor has none, and no place where people sign in without a person', () => {
    expect(refusalOf(acme({ scopeFormat: 'omit' }), { scopes: ['a'] })).toContain('"scopes" is not an option')
    expect(refusalOf(acme(), { authorizationUrl: DATA.tokenUrl })).toContain('"authorizationUrl" is not an option')
  })

  test('are required where the data say so', () => {
    const make = acme({ required: ['baseUrl', 'tokenUrl'] })
    expect(refusalOf(make)).toBe('invalid_option [acme] "baseUrl" is required')
    expect(refusalOf(make, { baseUrl: 'https://a.example' })).toBe('invalid_option [acme] "tokenUrl" is required')
    expect(refusalOf(make, { baseUrl: 'https://a.example', tokenUrl: 'https://a.example' })).toBe('taken')
  })

  test('may adjust the dialect where the data say so', async () => {
    const make = acme({ basicEncoding: 'plain', adjustable: ['basicEncoding'] })
    const basic = async (options: Loose) =>
      (await firstRequest(make, { clientId: 'boat app', ...options })).headers.authorization?.replace('Basic ', '')
    expect(await basic({})).toBe(btoa(`boat app:${CLIENT.clientSecret}`))
    expect(await basic({ basicEncoding: 'form-urlencoded' })).toBe(btoa(`boat+app:${CLIENT.clientSecret}`))
    expect(refusalOf(acme(), { basicEncoding: 'plain' })).toContain('"basicEncoding" is not an option')
  })

  test('count as left out where they are undefined, but for "account"', async () => {
    const make = acme({ basicEncoding: 'plain', adjustable: ['basicEncoding'], scopes: ['read'] })
    const left = { tokenUrl: undefined, baseUrl: undefined, scopes: undefined, basicEncoding: undefined }
    const { url, form, headers } = await firstRequest(make, { clientId: 'boat app', ...left })
    expect([url, form.get('scope')]).toEqual([DATA.tokenUrl, 'read'])
    expect(headers.authorization).toBe(`Basic ${btoa(`boat app:${CLIENT.clientSecret}`)}`)
    expect(refusalOf(make, { account: undefined })).toContain('"account" must be a non-empty string')
  })

  test('add to the parameters and headers of the data, and count more', async () => {
    const make = acme({
      tokenParameters: { expiring: '1', a: 'data' },
      tokenHeaders: { 'X-Version': '1', 'x-a': 'data' },
    })
    for (const tokenParameters of [{ a: 'own' }, () => ({ a: 'own' })]) {
      const { form, headers } = await firstRequest(make, { tokenParameters, tokenHeaders: { 'x-version': '2' } })
      expect([form.get('expiring'), form.get('a')]).toEqual(['1', 'own'])
      expect([headers['x-version'], headers['x-a']]).toEqual(['2', 'data'])
    }
    expect(refusalOf(make, { tokenParameters: 'a=1' })).toContain('"tokenParameters" must be an object')
  })
})

describe('the client’s secret', () => {
  const optional = acme({ secret: 'optional' })

  test('is required, unless there is a key', () => {
    expect(refusalOf(acme(), { clientSecret: undefined })).toBe('invalid_option [acme] "clientSecret" is required')
    expect(refusalOf(acme({ tokenUrl: undefined, issuer: 'https://acme.example' }), { clientSecret: '' })).toBe(
      'invalid_option [acme] "clientSecret" is required',
    )
    const people = defineVendor({ name: 'acme', origins: DATA.origins, issuer: 'https://acme.example' })(
      authorizationCode,
    )
    const redirectUri = 'https://boats.example/callback'
    expect(refusalOf(people, { redirectUri, clientSecret: undefined })).toContain('"clientSecret" is required')
    expect(refusalOf(acme(), { clientSecret: undefined, clientKey: () => Promise.reject(new Error()) })).toBe('taken')
  })

  test('is left out where it is optional; where there is one it is checked', async () => {
    const { headers, form } = await firstRequest(optional, { clientSecret: undefined })
    expect([headers.authorization, form.get('client_id')]).toEqual([undefined, CLIENT.clientId])
    for (const make of [acme(), optional]) {
      expect(refusalOf(make, { clientSecret: 'secret\n' })).toContain('"clientSecret" ends in a line break: trim it')
      expect(refusalOf(make, { clientSecret: '' })).toBe('invalid_option [acme] "clientSecret" is required')
      expect(refusalOf(make, { clientSecret: 7 })).toContain('"clientSecret" must be a string, not number')
    }
  })

  test('is no option where there is none', async () => {
    const none = acme({ secret: 'none', clientAuthentication: 'none' })
    expect(refusalOf(none)).toContain('"clientSecret" is not an option')
    const { requests, tokenOf } = createTokenEndpoint()
    const { clientSecret: _, ...client } = CLIENT
    await tokenOf((options) => none({ ...(options as object), ...client, clientSecret: undefined } as never)).catch(
      () => 0,
    )
    expect(requests).toEqual([])
  })
})

describe('a store', () => {
  const shop = { shop: { is: 'label', about: ABOUT } } as const
  const tokensOf = async (make: ReturnType<typeof acme>, all: readonly Loose[]) => {
    const { tokenOf } = createTokenEndpoint()
    const tokens = []
    for (const options of all) tokens.push(await tokenOf(make, options))
    return tokens.map((token) => Number(token.replace('token-', '')))
  }
  const SHOPS = [{ shop: 'boats' }, { shop: 'bikes' }, { shop: 'BOATS' }]

  test.each<[string, Partial<VendorData>, Loose]>([
    ['in the token URL', { tokenUrl: 'https://{shop}.acme.example/token' }, {}],
    [
      'in a token URL that is overridden',
      { tokenUrl: 'https://{shop}.acme.example/token' },
      { tokenUrl: DATA.tokenUrl },
    ],
    ['in the host of a path', { origins: ['https://{shop}.acme.example'], tokenUrl: '/token' }, {}],
    [
      'in a host that is overridden',
      { origins: ['https://{shop}.acme.example'], tokenUrl: '/token' },
      { baseUrl: 'https://a.example' },
    ],
    ['in origins only', { origins: ['https://{shop}.acme.example'] }, {}],
    ['nowhere', {}, {}],
  ])('never gives one shop the token of another: %s', async (_, data, options) => {
    const all = SHOPS.map((each) => ({ ...each, ...options }))
    expect(await tokensOf(acme({ placeholders: shop, ...data }), all)).toEqual([1, 2, 1])
  })

  test('tells shops apart where the vendor has an issuer in place of a token URL', async () => {
    const data = { origins: ['https://{shop}.acme.example'], tokenUrl: undefined, issuer: 'https://login.acme.example' }
    const { connect } = createTokenEndpoint()
    const make = acme({ placeholders: shop, ...data })
    const issuer = 'https://login.acme.example'
    const answer = async (input: unknown) => {
      const url = String(input instanceof Request ? input.url : input)
      if (url.includes('.well-known')) return Response.json({ issuer, token_endpoint: `${issuer}/token` })
      tokens += 1
      return Response.json({ access_token: `token-${tokens}`, token_type: 'Bearer', expires_in: 3600 })
    }
    let tokens = 0
    const { store } = { store: (await import('@valetkey/core')).memoryStore() }
    const given = []
    for (const each of SHOPS)
      given.push((await connect(make, { ...each, fetch: answer, store }).getToken()).accessToken)
    expect(given).toEqual(['token-1', 'token-2', 'token-1'])
  })

  test('is not confused by values that hold what stands between two', async () => {
    const make = acme({
      placeholders: { a: { is: 'path', about: ABOUT }, b: { is: 'path', about: ABOUT, default: '/' } },
    })
    expect(await tokensOf(make, [{ a: '/1', b: '/2' }, { a: '/1/2' }, { a: '/1', b: '/2' }])).toEqual([1, 2, 1])
    expect(await tokensOf(make, [{ a: '/1' }, { a: '/1', b: '/' }])).toEqual([1, 1])
  })
})

describe('"baseUrl"', () => {
  test('is the only host that a credential is sent to', () => {
    const { connect } = createTokenEndpoint()
    expect(connect(acme()).origins).toEqual(DATA.origins)
    expect(connect(acme(), { baseUrl: 'https://proxy.example/v1' }).origins).toEqual(['https://proxy.example'])
  })

  test.each([
    ['proxy.example', 'invalid_option [acme] "baseUrl" must be an absolute https URL'],
    ['https://a:canary@proxy.example', 'invalid_option [acme] "baseUrl" must not hold a user name or password'],
    ['http://proxy.example', 'insecure_url [acme] "baseUrl" must be https'],
  ])('%s is refused', (baseUrl, problem) => {
    expect(refusalOf(acme(), { baseUrl })).toContain(problem)
    expect(refusalOf(acme(), { tokenUrl: baseUrl })).toContain(problem.replace('baseUrl', 'tokenUrl'))
  })

  test('does not move a token URL with a host of its own; "tokenUrl" does', async () => {
    const tokenUrl = 'https://proxy.example/some/token?a=1'
    expect((await firstRequest(acme(), { baseUrl: 'https://proxy.example' })).url).toBe(DATA.tokenUrl)
    expect((await firstRequest(acme(), { tokenUrl })).url).toBe(tokenUrl)
  })
})

describe('"place"', () => {
  test('gets the options of the credential, for headers such as Twitch’s "Client-Id"', async () => {
    const make = acme({
      place: ({ accessToken }, { clientId }) => ({
        headers: { authorization: `OAuth ${accessToken}`, 'client-id': String(clientId) },
      }),
      carries: { headers: ['authorization', 'client-id'], query: [] },
    })
    const credential = createTokenEndpoint().connect(make)
    expect((await credential.authorization()).headers).toEqual({
      authorization: 'OAuth token-1',
      'client-id': 'boat-app',
    })
  })

  test('of an API key gets the key, and only the data that a key has use for count', async () => {
    const vendor = defineVendor({ ...DATA, scopes: ['read'], encoding: 'json', secret: 'required', pkce: false })
    const apiKey = vendor(createApiKeyCredential, { place: (key: string) => ({ query: { api_key: key } }) })
    const credential = apiKey({ apiKey: 'canary-key' })
    expect((await credential.authorization()).query).toEqual({ api_key: 'canary-key' })
    expect(credential.carries.query).toEqual(['api_key'])
    expect(() => apiKey({} as never)).toThrow('[acme] "apiKey" is required')
    expect(Object.keys(apiKey.options).toSorted()).toEqual(['account', 'allowInsecureRequests', 'apiKey', 'baseUrl'])
  })
})

test('options that are given with a grant are closed, but for URLs and additions', async () => {
  const make = defineVendor({ ...DATA, placeholders: { accountId: { is: 'segment', about: ABOUT } } })(customGrant, {
    grantType: 'account_credentials',
    parameters: { account_id: '{accountId}' },
    tokenUrl: 'https://other.acme.example/token',
    scopes: ['read'],
  })
  const { url, form } = await firstRequest(make, { accountId: 'A1' })
  expect([url, form.get('account_id'), form.get('scope')]).toEqual(['https://other.acme.example/token', 'A1', 'read'])
  expect(refusalOf(make, { accountId: 'A1', parameters: {} })).toContain('"parameters" is not an option')
  expect(refusalOf(make, { accountId: 'A1', grantType: 'b' })).toContain('"grantType" is not an option')
  expect(refusalOf(make, { accountId: 'A1', tokenUrl: DATA.tokenUrl, scopes: ['a'] })).toBe('taken')
})

describe('what stands on Object.prototype', () => {
  const NAMES = [
    'origins',
    'baseUrl',
    'place',
    'default',
    'except',
    'shop',
    'region',
    'tokenUrl',
    'secret',
    'issuer',
  ] as const
  afterEach(() => {
    for (const name of NAMES) Reflect.deleteProperty(Object.prototype, name)
  })
  const pollute = (name: (typeof NAMES)[number], value: unknown) =>
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true })

  test('is neither data nor an option', async () => {
    pollute('baseUrl', 'https://evil.example')
    pollute('tokenUrl', 'https://evil.example/token')
    pollute('issuer', 'https://evil.example')
    pollute('shop', 'evil')
    pollute('region', 'us')
    pollute('secret', 'none')
    pollute('place', () => ({ query: { token: 'canary' } }))
    const make = acme({ variants: { region: { eu: {}, us: { tokenUrl: 'https://us.acme.example/token' } } } })
    expect((await firstRequest(make)).url).toBe(DATA.tokenUrl)
    expect(refusalOf(make, { clientSecret: undefined })).toContain('"clientSecret" is required')
    expect((await createTokenEndpoint().connect(make).authorization()).query).toEqual({})
    expect(refusalOf(acme({ origins: undefined }))).toContain('"baseUrl" is required')
  })

  test('is no value of a placeholder, and forbids none', () => {
    pollute('default', 'evil.example')
    pollute('except', ['boats'])
    expect(refusalOf(inLabel)).toBe('invalid_option [acme] "place" is required')
    expect(refusalOf(inLabel, { place: 'boats' })).toBe('taken')
  })
})

test('the types say what is required, what may be left out, and what is decided', () => {
  const vendor = defineVendor({
    ...DATA,
    required: ['baseUrl'],
    scopeFormat: 'omit',
    adjustable: ['basicEncoding'],
    placeholders: {
      shop: { is: 'label', about: ABOUT },
      path: { is: 'path', about: ABOUT, default: '/token' },
    },
    variants: { region: { eu: {}, us: {} } },
  })
  const make = vendor(clientCredentials)
  type Options = Parameters<typeof make>[0]
  const complete = { ...CLIENT, shop: 'boats', baseUrl: 'https://a.example' }
  expectTypeOf(complete).toExtend<Options>()
  expectTypeOf<Omit<Options, 'shop'>>().not.toExtend<Options>()
  expectTypeOf<Omit<Options, 'baseUrl'>>().not.toExtend<Options>()
  expectTypeOf<Omit<Options, 'clientSecret'>>().not.toExtend<Options>()
  expectTypeOf<Options['path']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<Options['region']>().toEqualTypeOf<'eu' | 'us' | undefined>()
  expectTypeOf<Options>().not.toHaveProperty('scopes')
  expectTypeOf<Options>().not.toHaveProperty('origins')
  expectTypeOf<Options>().not.toHaveProperty('authorizationUrl')
  expectTypeOf(make).returns.toExtend<TokenCredential>()
  const key = vendor(createApiKeyCredential)
  expectTypeOf(key).returns.toEqualTypeOf<ApiKeyCredential>()
  expectTypeOf<Parameters<typeof key>[0]>().not.toHaveProperty('clientSecret')
  const publicClient = defineVendor({ ...DATA, secret: 'optional' })(password)
  expectTypeOf({ clientId: 'a', username: 'b', password: 'c' }).toExtend<Parameters<typeof publicClient>[0]>()
})
