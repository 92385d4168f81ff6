import { afterEach, describe, expect, test } from 'vitest'
import { asRecord } from '../src/own-members.ts'
import { readTokenSet } from '../src/read-token-set.ts'

const YEAR = 365 * 24 * 60 * 60

function read(json: string | object, secrets: readonly string[] = []) {
  return readTokenSet(asRecord(JSON.parse(typeof json === 'string' ? json : JSON.stringify(json))), secrets)
}

describe('the lifetime of a token', () => {
  test.each([
    [3600, 3600],
    ['3600', 3600],
    [3599.5, 3599.5],
    ['3599.5', 3599.5],
    [0, 0],
    ['0', 0],
    [YEAR + 1, YEAR],
    [1e99, YEAR],
    [-1, undefined],
    ['-1', undefined],
    ['NaN', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
    [true, undefined],
    [[60], undefined],
    [{ seconds: 60 }, undefined],
  ])('expires_in %j means %j seconds and never loses the token', (wire, expected) => {
    expect(read({ access_token: 'token', expires_in: wire })).toMatchObject({
      accessToken: 'token',
      expiresIn: expected,
    })
  })

  test('is unknown when the number is too large for a number', () => {
    expect(read('{"access_token":"token","expires_in":1e999}').expiresIn).toBeUndefined()
  })

  test.each([
    [{ refresh_expires_in: 7200 }, 7200],
    [{ refresh_token_expires_in: '7200' }, 7200],
    [{ refresh_expires_in: 0 }, undefined],
    [{}, undefined],
  ])('of a refresh token is read from %j', (members, expected) => {
    expect(read({ access_token: 'token', ...members }).refreshExpiresIn).toBe(expected)
  })
})

describe('a token', () => {
  test.each(['a', 'YWJjZA==', 'abc-._~+/=', 'eyJhbGciOiJub25lIn0.e30.', 'x'.repeat(16 * 1024)])(
    'that a header can carry is taken as it is (%#)',
    (token) => {
      expect(read({ access_token: token, refresh_token: token })).toMatchObject({
        accessToken: token,
        refreshToken: token,
      })
    },
  )

  test.each([
    'canary\r\nx-evil: 1',
    'canary\u0000',
    'canary token',
    'canary\u010a',
    'canary\ud800',
    'canary'.padEnd(16 * 1024 + 1, 'y'),
    'canary'.repeat(200_000),
    42,
    ['canary'],
    { canary: 1 },
  ])('that no header can carry is refused without being quoted (%#)', (token) => {
    for (const body of [{ access_token: token }, { access_token: 'fine', refresh_token: token }]) {
      const error = catchError(() => read(body))
      expect(error).toMatchObject({ name: 'GrantError', failure: { kind: 'unavailable', sent: true } })
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('canary')
    }
  })

  test.each([undefined, null, ''])('access_token %j is no answer, refresh_token %j is none', (token) => {
    expect(catchError(() => read({ access_token: token })).message).toContain('holds no access_token')
    expect(read({ access_token: 'fine', refresh_token: token }).refreshToken).toBeUndefined()
  })

  test.each([
    [undefined, 'Bearer'],
    [null, 'Bearer'],
    ['', 'Bearer'],
    ['bearer', 'Bearer'],
    ['BEARER', 'Bearer'],
  ])('of type %j is %s', (wire, expected) => {
    expect(read({ access_token: 'token', token_type: wire }).tokenType).toBe(expected)
  })

  test.each(['mac', 'DPoP', 'bearer2', 7, {}])('of type %j is refused', (wire) => {
    expect(catchError(() => read({ access_token: 'token', token_type: wire })).message).toContain('token_type')
  })
})

describe('scopes', () => {
  test.each([
    ['read write', ['read', 'write']],
    [' read  write ', ['read', 'write']],
    [
      ['read', 'write'],
      ['read', 'write'],
    ],
    [['read', 7, ''], ['read']],
    ['', undefined],
    [[], undefined],
    [null, undefined],
    [7, undefined],
  ])('%j are %j', (wire, expected) => {
    expect(read({ access_token: 'token', scope: wire }).scopes).toEqual(expected)
  })
})

describe('further members', () => {
  test('are kept for the vendor package', () => {
    expect(read({ access_token: 'token', instance_url: 'https://eu.example.com', user: { id: 7 } }).extra).toEqual({
      instance_url: 'https://eu.example.com',
      user: { id: 7 },
    })
  })

  test('leave out second copies of secrets, the ID token, and what is too large', () => {
    const { extra } = read(
      {
        access_token: 'the-access-token',
        refresh_token: 'the-refresh-token',
        id_token: 'not.checked.here',
        accessToken: 'the-access-token',
        data: [{ nested: { refreshToken: 'the-refresh-token' } }],
        echo: 'the-client-secret',
        huge: 'x'.repeat(20_000),
        kept: 'the-access-token-is-not-this',
      },
      ['the-client-secret'],
    )
    expect(extra).toEqual({ kept: 'the-access-token-is-not-this' })
  })

  test('are absent when there are none', () => {
    expect(read({ access_token: 'token', token_type: 'bearer', expires_in: 1, scope: 'a' }).extra).toBeUndefined()
  })

  test('too deep to be written as JSON are left out instead of losing the token', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    expect(read(`{"access_token":"token","deep":${deep}}`)).toMatchObject({ accessToken: 'token', extra: undefined })
  })
})

describe('a hostile answer (S17)', () => {
  afterEach(() => {
    Reflect.deleteProperty(Object.prototype, 'access_token')
    Reflect.deleteProperty(Object.prototype, 'refresh_token')
  })

  test('cannot reach a prototype', () => {
    const { extra } = read(
      '{"access_token":"token","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    )
    expect(Object.getPrototypeOf(extra)).toBeNull()
    expect(Object.keys(extra ?? {})).toEqual(['constructor'])
    expect('polluted' in {}).toBe(false)
  })

  test('gets no token from a polluted prototype', () => {
    Object.assign(Object.prototype, { access_token: 'INJECTED', refresh_token: 'INJECTED' })
    expect(catchError(() => read({})).message).toContain('holds no access_token')
    expect(read({ access_token: 'token' }).refreshToken).toBeUndefined()
  })
})

function catchError(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('it did not fail')
}
