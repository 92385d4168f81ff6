import { describe, expect, test } from 'vitest'
import { isCredentialError } from '../src/index.ts'
import { originOf, parseOrigin, parseOrigins } from '../src/origins.ts'

const tricks: readonly [trick: string, url: string][] = [
  ['our host as a prefix', 'https://api.vendor.example.evil.example/'],
  ['our host as a prefix without a dot', 'https://api.vendor.exampleevil.example/'],
  ['our host as a suffix', 'https://evil-api.vendor.example/'],
  ['our host as user name', 'https://api.vendor.example@evil.example/'],
  ['our host as user name and password', 'https://api.vendor.example:443@evil.example/'],
  ['a user name on our own host', 'https://user@api.vendor.example/'],
  ['backslash before @', 'https://evil.example\\@api.vendor.example/'],
  ['two slashes without a scheme', '//evil.example/'],
  ['slash and backslash', '/\\evil.example/'],
  ['another port', 'https://api.vendor.example:8443/'],
  ['a trailing dot', 'https://api.vendor.example./'],
  ['an international look-alike', 'https://аpi.vendor.example/'],
  ['a full-width dot before another name', 'https://api.vendor.example．evil.example/'],
  ['an encoded dot before another name', 'https://api.vendor.example%2eevil.example/'],
  ['an encoded slash', 'https://api.vendor.example%2f.evil.example/'],
  ['a newline in the scheme', 'ht\ntps://evil.example/'],
  ['a tab inside the host', 'https://api.vendor.example\t.evil.example/'],
  ['plain http', 'http://api.vendor.example/'],
  ['another scheme', 'ftp://api.vendor.example/'],
]

describe('which origin a URL has', () => {
  const { covers } = parseOrigins('vendor', ['https://api.vendor.example'])

  test.each(tricks)('S1: %s is not covered', (_trick, url) => {
    expect(covers(originOf(url) ?? 'none')).toBe(false)
  })

  test.each([
    'https://api.vendor.example',
    'https://api.vendor.example/',
    'https://api.vendor.example/v1?a=https://evil.example/@#x',
    'https://api.vendor.example?q',
    'https://api.vendor.example#f',
    'https://api.vendor.example\\v1',
    'https://api.vendor.example:443/v1',
    'HTTPS://API.Vendor.Example/v1',
    ' https://api.vendor.example/v1',
    'https:api.vendor.example/v1',
    'https://api.vendor%2eexample/v1',
    'https://api.ven\ndor.example/v1',
  ])('%j is covered, however it is written', (url) => {
    expect(covers(originOf(url) ?? 'none')).toBe(true)
  })
})

describe('the origins option', () => {
  test.each([
    [['https://api.vendor.example/v1']],
    [['https://api.vendor.example?x']],
    [['https://user:pw@api.vendor.example']],
    [['api.vendor.example']],
    [['https://*.vendor.example:x']],
    [['']],
    [[]],
    [[undefined as unknown as string]],
    ['https://api.vendor.example' as unknown as string[]],
    [undefined as unknown as string[]],
  ])('%j is refused by name', (origins) => {
    expect(refusal(() => parseOrigins('@valetkey/acme', origins))).toMatchObject({
      code: 'invalid_option',
      option: 'origins',
      message: expect.stringMatching(/^\[@valetkey\/acme\] "origins" must /),
    })
  })

  test('another option can be named', () => {
    expect(refusal(() => parseOrigin('@valetkey/acme', 'nonsense', { option: 'baseUrl' }))).toMatchObject({
      code: 'invalid_option',
      option: 'baseUrl',
    })
  })

  test('upper case, a slash at the end and a default port are the same origin', () => {
    expect(parseOrigins('acme', ['HTTPS://Api.Vendor.Example:443/']).covers('https://api.vendor.example')).toBe(true)
  })

  test('the path of a base URL is ignored', () => {
    expect(parseOrigin('acme', 'https://api.vendor.example:8443/v2/?x#y')).toBe('https://api.vendor.example:8443')
  })

  test.each([
    'http://api.vendor.example',
    'http://127.0.0.1.evil.example',
    'http://10.0.0.1',
    'http://localhost.evil.example',
  ])('S4: %s is refused even when loopback is permitted', (origin) => {
    expect(refusal(() => parseOrigins('@valetkey/acme', [origin], { allowInsecureRequests: true }))).toMatchObject({
      code: 'insecure_url',
      vendor: 'acme',
      message: `[@valetkey/acme] "origins" must be https; for a development host add "${new URL(origin).host}" to "allowInsecureRequests"`,
    })
  })

  test.each(['http://localhost:3000', 'http://127.0.0.1:8080', 'http://127.10.110.210', 'http://[::1]:9'])(
    'S4: %s needs allowInsecureRequests',
    (origin) => {
      expect(refusal(() => parseOrigins('acme', [origin])).code).toBe('insecure_url')
      expect(parseOrigins('acme', [origin], { allowInsecureRequests: true }).covers(origin)).toBe(true)
    },
  )

  test('S4: http is permitted for the hosts that are listed, as URL.host prints them, and for no others', () => {
    const rules = { allowInsecureRequests: ['keycloak:8080', '[FD00::5]:80', '10.0.0.5'] }
    for (const origin of ['http://keycloak:8080', 'http://[fd00::5]', 'http://10.0.0.5'])
      expect(parseOrigins('acme', [origin], rules).covers(origin)).toBe(true)
    for (const origin of ['http://keycloak', 'http://keycloak:8081', 'http://localhost:8080', 'http://10.0.0.50'])
      expect(refusal(() => parseOrigins('acme', [origin], rules)).code).toBe('insecure_url')
    expect(refusal(() => parseOrigin('acme', 'ftp://keycloak:8080', rules)).code).toBe('invalid_option')
  })

  test('S4: what is neither true nor a list of hosts is refused, also where every origin is https', () => {
    for (const wrong of [
      [],
      ['*'],
      ['http://keycloak'],
      ['keycloak/'],
      ['key cloak'],
      ['a\\b'],
      [undefined],
      'true',
      1,
      null,
    ])
      expect(
        refusal(() => parseOrigins('acme', ['https://api.vendor.example'], { allowInsecureRequests: wrong as never })),
      ).toMatchObject({ code: 'invalid_option', option: 'allowInsecureRequests' })
  })
})

const hostile: readonly [trick: string, url: string][] = [
  ['the pattern in the path of another host', 'https://evil.example/.my.vendor.example'],
  ['the pattern before another name', 'https://x.my.vendor.example.evil.example/'],
  ['the pattern as the end of another label', 'https://x.evilmy.vendor.example/'],
  ['the parent itself', 'https://my.vendor.example/'],
  ['two labels', 'https://a.b.my.vendor.example/'],
  ['no label', 'https://.my.vendor.example/'],
  ['an empty label between', 'https://x..my.vendor.example/'],
  ['a trailing dot', 'https://x.my.vendor.example./'],
  ['a user name', 'https://x@y.my.vendor.example/'],
  ['the pattern as user name', 'https://x.my.vendor.example@evil.example/'],
  ['another port', 'https://x.my.vendor.example:8443/'],
  ['plain http', 'http://x.my.vendor.example/'],
  ['plain http on the port of https', 'http://x.my.vendor.example:443/'],
  ['a web socket', 'wss://x.my.vendor.example/'],
  ['the wildcard itself', 'https://*.my.vendor.example/'],
  ['an encoded wildcard', 'https://%2A.my.vendor.example/'],
  ['a full-width dot in the label', 'https://a．b.my.vendor.example/'],
  ['an encoded dot in the label', 'https://a%2eb.my.vendor.example/'],
  ['an encoded slash after the label', 'https://x%2f.my.vendor.example/'],
  ['a backslash before the label', 'https://evil.example\\x.my.vendor.example/'],
  ['a label that is no Punycode', 'https://xn--.my.vendor.example/'],
  ['a label with other characters', "https://x';--.my.vendor.example/"],
  ['a label longer than DNS has', `https://${'x'.repeat(64)}.my.vendor.example/`],
  ['a look-alike of the parent', 'https://x.my.vеndor.example/'],
]

describe('a pattern of origins', () => {
  const exact = 'https://login.vendor.example'
  const { origins, covers } = parseOrigins('vendor', [exact, 'https://*.my.vendor.example'])

  test.each(hostile)('S1: it does not cover %s', (_trick, url) => {
    expect(covers(originOf(url) ?? 'none')).toBe(false)
  })

  test.each([
    'https://evil.example/.my.vendor.example',
    'https://a@b.my.vendor.example',
    'https://X.my.vendor.example',
  ])('S1: nor %s, which is no origin as the parser prints it', (text) => expect(covers(text)).toBe(false))

  test.each([
    'https://acme.my.vendor.example',
    'https://acme--uat.my.vendor.example/services/data?x=1',
    'https://my_org-7.my.vendor.example:443/',
    'HTTPS://ACME.My.Vendor.EXAMPLE/',
    'https://münchen.my.vendor.example/',
    'https://xn--mnchen-3ya.my.vendor.example/',
    'https://login.vendor.example/',
  ])('%s is covered', (url) => {
    expect(covers(originOf(url) ?? 'none')).toBe(true)
  })

  test('is shown as it was given, and normalised', () => {
    expect(origins).toEqual([exact, 'https://*.my.vendor.example'])
    const written = ['HTTPS://*.My.Vendor.Example:443/', 'https://*.münchen.example:8443']
    expect(parseOrigins('vendor', written).origins).toEqual([
      'https://*.my.vendor.example',
      'https://*.xn--mnchen-3ya.example:8443',
    ])
  })

  test('with a port covers that port only', () => {
    const list = parseOrigins('vendor', ['https://*.vendor.example:8443'])
    const hosts = ['https://a.vendor.example:8443', 'https://a.vendor.example', 'https://a.vendor.example:18443']
    expect(hosts.map(list.covers)).toEqual([true, false, false])
  })

  test.each([
    'https://*',
    'https://*.com',
    'https://*.localhost',
    'https://*.com.',
    'https://*.vendor.example.',
    'https://*..vendor.example',
    'https://*.vendor..example',
    'https://**.vendor.example',
    'https://*.*.vendor.example',
    'https://a.*.vendor.example',
    'https://a*.vendor.example',
    'https://*a.vendor.example',
    'https://*vendor.example',
    'https://vendor.*',
    'http://*.vendor.example',
    '*://*.vendor.example',
    '*.vendor.example',
    '//*.vendor.example',
    'https://*.vendor.example/v1',
    'https://*.vendor.example?x',
    'https://*.vendor.example#x',
    'https://*.vendor.example\\v1',
    'https://user@*.vendor.example',
    'https://*.user@vendor.example',
    'https://*.vendor.example:*',
    'https://*.vendor.example:x',
    'https://*.0.0.1',
    'https://*.0x7f.1',
    'https://*.127.0.0.1',
    'https://*.[::1]',
    'https://*.vendor.example%2fv1',
    'https://*.xn--.example',
    'https://%2A.vendor.example',
    'https://＊.vendor.example',
  ])('S1: %s is refused', (pattern) => {
    for (const rules of [{}, { allowInsecureRequests: true }])
      expect(refusal(() => parseOrigins('acme', [exact, pattern], rules))).toMatchObject({
        code: 'invalid_option',
        option: 'origins',
        message: expect.stringMatching(/^\[acme\] "origins" must /),
      })
  })

  test('says what one may look like', () => {
    expect(refusal(() => parseOrigins('acme', ['https://*.com'])).message).toBe(
      '[acme] "origins" must have a wildcard only as the first label of an https origin with two more: "https://*.example.com"',
    )
  })

  test('is no base URL', () => {
    expect(refusal(() => parseOrigin('acme', 'https://*.vendor.example/v1', { option: 'baseUrl' }))).toMatchObject({
      code: 'invalid_option',
      option: 'baseUrl',
    })
  })
})

function refusal(act: () => unknown) {
  try {
    act()
  } catch (error) {
    if (isCredentialError(error)) return error
  }
  throw new Error('it was accepted')
}
