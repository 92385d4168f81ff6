import { describe, expect, test } from 'vitest'
import type { VendorData } from '../src/index.ts'
import { acme, createTokenEndpoint, DATA, firstRequest, type Loose, refusalOf } from './helpers/vendor.ts'

const ABOUT = 'what stands there'
const shaped = (is: 'label' | 'host' | 'segment' | 'path', tokenUrl: string) =>
  acme({ placeholders: { place: { is, about: ABOUT } }, tokenUrl })

/** The placeholder has the name of an option of the grant, as Microsoft's `tenant` has. */
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

  test("is not on the host of the program's own API: the client's secret would go there", async () => {
    const own = acme({ tokenUrl: '/oauth/token', adjustable: ['origins'] })
    const { url } = await firstRequest(own, { origins: ['https://boats.example'] })
    expect(url).toBe('https://api.acme.example/oauth/token')
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
    const issuer = 'https://login.acme.example'
    const { requests, fetch, tokenOf } = createTokenEndpoint()
    const discovering: typeof globalThis.fetch = async (input, init) =>
      new Request(input, init).url.includes('/.well-known/')
        ? Response.json({ issuer, token_endpoint: `${issuer}/token` })
        : fetch(input, init)
    const make = acme({ placeholders: shop, origins: ['https://{shop}.acme.example'], tokenUrl: undefined, issuer })
    const tokens = []
    for (const each of SHOPS) tokens.push(await tokenOf(make, { ...each, fetch: discovering }))
    expect(tokens).toEqual(['token-1', 'token-2', 'token-1'])
    expect(requests.map(({ url }) => url)).toEqual([`${issuer}/token`, `${issuer}/token`])
  })

  test('does not confuse two values with two others that read the same, one after the other', async () => {
    const placeholders = { a: { is: 'path', about: ABOUT }, b: { is: 'path', about: ABOUT, default: '/' } } as const
    const one = { a: '/1', b: '/2 /3' }
    expect(await tokensOf(acme({ placeholders }), [one, { a: '/1 /2', b: '/3' }, one])).toEqual([1, 2, 1])
    expect(await tokensOf(acme({ placeholders }), [{ a: '/1' }, { a: '/1', b: '/' }])).toEqual([1, 1])
  })
})
