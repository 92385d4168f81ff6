import { describe, expect, test } from 'vitest'
import { isCredentialError, originOf, parseOrigin, parseOrigins } from '../src/index.ts'

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
    expect(refusal(() => parseOrigins('acme', [origin], { allowInsecureRequests: true })).code).toBe('insecure_url')
  })

  test.each(['http://localhost:3000', 'http://127.0.0.1:8080', 'http://127.1.2.3', 'http://[::1]:9'])(
    'S4: %s needs allowInsecureRequests',
    (origin) => {
      expect(refusal(() => parseOrigins('acme', [origin])).code).toBe('insecure_url')
      expect(parseOrigins('acme', [origin], { allowInsecureRequests: true }).covers(origin)).toBe(true)
    },
  )
})

function refusal(act: () => unknown) {
  try {
    act()
  } catch (error) {
    if (isCredentialError(error)) return error
  }
  throw new Error('it was accepted')
}
