import type { ApiKeyCredential, TokenCredential } from '@valetkey/core'
import { createApiKeyCredential } from '@valetkey/core'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import { authorizationCode, clientCredentials, customGrant, defineVendor, password } from '../src/index.ts'
import { acme, CLIENT, createTokenEndpoint, DATA, firstRequest, type Loose, refusalOf } from './helpers/vendor.ts'

const ABOUT = 'what stands there'

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

test('two variants never share a token, also where a program gives the token endpoint', async () => {
  const variants = {
    environment: { live: { tokenUrl: 'https://a.example/t' }, test: { tokenUrl: 'https://b.example/t' } },
  }
  const make = acme({ variants })
  const endpoint = createTokenEndpoint()
  for (const tokenUrl of [undefined, 'https://proxy.example/token']) {
    const live = await endpoint.tokenOf(make, { tokenUrl })
    expect(await endpoint.tokenOf(make, { tokenUrl, environment: 'test' })).not.toBe(live)
    expect(await endpoint.tokenOf(make, { tokenUrl, environment: 'live' })).toBe(live)
  }
})

test('a base URL is the only host, whatever origins a program gives', () => {
  const make = acme({ adjustable: ['origins'], tokenUrl: '/token' })
  const { connect } = createTokenEndpoint()
  const of = (options: Loose) => connect(make, options).origins
  expect(of({})).toEqual(DATA.origins)
  expect(of({ origins: ['https://boats.example'] })).toEqual(['https://boats.example'])
  expect(of({ origins: ['https://boats.example'], baseUrl: 'https://proxy.example' })).toEqual([
    'https://proxy.example',
  ])
})

test('a client without a secret names itself, unless the vendor takes Basic with an empty one', async () => {
  const headersOf = async (data: object) => {
    const make = acme({ secret: 'optional', basicEncoding: 'plain', ...data })
    return firstRequest(make, { clientSecret: undefined })
  }
  expect((await headersOf({})).form.get('client_id')).toBe(CLIENT.clientId)
  const basic = await headersOf({ clientAuthentication: 'client_secret_basic' })
  expect(basic.headers.authorization).toBe(`Basic ${btoa(`${CLIENT.clientId}:`)}`)
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

  test('have no scopes where the vendor has none, and no URL for people where nobody signs in', () => {
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
      expect(refusalOf(make, { clientSecret: 7 })).toContain('"clientSecret" must be a string, not a number')
    }
  })

  test('may be another matter with one grant', () => {
    const make = defineVendor(DATA)(clientCredentials, { secret: 'optional' })
    expect(refusalOf(make, { clientSecret: undefined })).toBe('taken')
    expectTypeOf({ clientId: 'a' }).toExtend<Parameters<typeof make>[0]>()
  })

  test('is no option where there is none', async () => {
    const { clientSecret: _, ...client } = CLIENT
    const none = defineVendor({ ...DATA, secret: 'none', clientAuthentication: 'none' })(clientCredentials)
    expect(refusalOf(none)).toContain('"clientSecret" is not an option')
    const { requests, fetch } = createTokenEndpoint()
    await none({ ...client, fetch }).getToken()
    expect(String(requests[0]?.form)).toBe(`grant_type=client_credentials&client_id=${CLIENT.clientId}`)
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
    const make = acme({ placeholders: { host: { is: 'host', about: ABOUT } }, origins: ['https://{host}'] })
    expect(refusalOf(make)).toBe('invalid_option [acme] "host" is required')
    expect(refusalOf(make, { host: 'boats' })).toBe('taken')
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
