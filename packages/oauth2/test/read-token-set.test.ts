import { afterEach, describe, expect, test } from 'vitest'
import { asRecord, readRotation, readTokenSet } from '../src/wire/answer.ts'
import { NOW } from './helpers/grants.ts'

const YEAR = 365 * 24 * 60 * 60

function read(json: string | object, secrets: readonly string[] = []) {
  return readTokenSet(asRecord(JSON.parse(typeof json === 'string' ? json : JSON.stringify(json))), secrets, NOW)
}

describe('the lifetime of a token', () => {
  test.each([
    [3600, 3600],
    ['3600', 3600],
    [3599.5, 3599.5],
    ['3599.5', 3599.5],
    ['3599.25', 3599.25],
    [0, undefined],
    ['0', undefined],
    [0.5, 0.5],
    [YEAR + 1, YEAR],
    [1e99, YEAR],
    [-1, undefined],
    ['-1', undefined],
    ['NaN', undefined],
    ['soon', undefined],
    ['in 60', undefined],
    ['60 s', undefined],
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
    [{ refresh_expires_in: 0, refresh_token_expires_in: 7200 }, 7200],
    [{ refresh_expires_in: '', refresh_token_expires_in: '7200' }, 7200],
    [{ refresh_token_expires_in: -1 }, undefined],
    [{ refresh_token_expires_in: null }, undefined],
    [{ refresh_token_expires_at: NOW / 1000 + 7200 }, 7200],
    [{ refresh_token_expires_at: '2026-11-22T14:00:00Z' }, 7200],
    [{ refresh_token_expires_in: 60, refresh_token_expires_at: NOW / 1000 + 7200 }, 60],
    [{}, undefined],
  ])('of a refresh token is read from %j', (members, expected) => {
    expect(read({ access_token: 'token', ...members }).refreshExpiresIn).toBe(expected)
  })
})

describe('the end of a token', () => {
  test.each([
    ['Unix seconds', NOW / 1000 + 60, 60],
    ['Unix seconds with a fraction', NOW / 1000 + 60.5, 60.5],
    ['Unix seconds as a text', String(NOW / 1000 + 60), 60],
    ['Unix ms', NOW + 60_000, 60],
    ['Unix ms as a text', String(NOW + 60_000), 60],
    ['ISO 8601', '2026-11-22T12:01:00Z', 60],
    ['ISO 8601 with ms', '2026-11-22T12:01:00.500Z', 60.5],
    ['ISO 8601 with µs', '2026-11-22T12:01:00.500000Z', 60.5],
    ['ISO 8601 with an offset', '2026-11-22T14:01:00+02:00', 60],
    ['ISO 8601 with an offset in digits', '2026-11-22T14:01:00+0200', 60],
    ['ISO 8601 without an offset: UTC', '2026-11-22T12:01:00', 60],
    ['ISO 8601 with a space', '2026-11-22 12:01:00', 60],
    ['a time beyond a year', '2099-01-01T00:00:00Z', YEAR],
    ['now', NOW / 1000, undefined],
    ['a time that has passed', NOW / 1000 - 60, undefined],
    ['0', 0, undefined],
    ['null', null, undefined],
    ['an empty text', '', undefined],
    ['a number that is no time', 3600, undefined],
    ['a negative number', -1, undefined],
    ['words', 'in an hour', undefined],
    ['a day', '2026-11-23', undefined],
    ['a day that does not exist', '2026-13-41T00:00:00Z', undefined],
    ['an object', { at: NOW }, undefined],
  ])('as expires_at, %s', (_, time, expected) => {
    expect(read({ access_token: 'token', expires_at: time })).toMatchObject({
      accessToken: 'token',
      expiresIn: expected,
      extra: undefined,
    })
  })

  test.each([
    [3600, 3600],
    [0, 60],
    [null, 60],
  ])('counts where expires_in, which needs no clock, says nothing: %j', (expires_in, expected) => {
    expect(read({ access_token: 'token', expires_in, expires_at: NOW / 1000 + 60 }).expiresIn).toBe(expected)
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
    ['canary\r\nx-evil: 1', 'holds characters that no header can carry'],
    ['canary\u0000', 'holds characters that no header can carry'],
    ['canary\u010a', 'holds characters that no header can carry'],
    ['canary\ud800', 'holds characters that no header can carry'],
    ['canary'.padEnd(16 * 1024 + 1, 'y'), 'is longer than 16 KB'],
    ['canary'.repeat(200_000), 'is longer than 16 KB'],
    [42, 'is not a string'],
    [['canary'], 'is not a string'],
    [{ canary: 1 }, 'is not a string'],
  ])('that no header can carry is refused without being quoted (%#)', (token, problem) => {
    for (const [name, body] of [
      ['access_token', { access_token: token }],
      ['refresh_token', { access_token: 'fine', refresh_token: token }],
    ] as const) {
      const error = catchError(() => read(body))
      const description = `${name} ${problem}`
      expect(error).toMatchObject({
        name: 'GrantError',
        failure: { kind: 'token_unavailable', sent: true, description },
      })
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

  test.each(['token', 'access_token', 'user', 'bot', 'User Access Token', 'bearer2', 'N/A', 7, {}, ['bearer']])(
    'of type %j, which binds it to no key, is used as a bearer token',
    (wire) => {
      expect(read({ access_token: 'token', token_type: wire }).tokenType).toBe('Bearer')
    },
  )

  test.each(['mac', 'MAC', 'DPoP', 'dpop', 'pop', ' PoP '])(
    'of type %j, which binds it to a key, is refused',
    (wire) => {
      const { message } = catchError(() => read({ access_token: 'token', token_type: wire }))
      expect(message).toContain(`token_type is ${wire.trim()}: the token is bound to a key`)
    },
  )

  test.each([' ', 'a b', ' a', 'a ', '~ !'])(
    'to refresh with may hold spaces (RFC 6749 appendix A.17): %j',
    (token) => {
      expect(read({ access_token: 'fine', refresh_token: token }).refreshToken).toBe(token)
    },
  )
})

test('an access token with a space is refused', () => {
  expect(catchError(() => read({ access_token: 'a b' })).message).toContain('access_token holds characters')
})

describe('the refresh token of an answer that cannot be used otherwise', () => {
  test.each<[object, unknown, object]>([
    [{ refresh_token: 'r 2', refresh_expires_in: 60 }, {}, { refreshToken: 'r 2', refreshExpiresIn: 60 }],
    [{ refresh_token: 'r2' }, { refresh_token: 'other' }, { refreshToken: 'r2', refreshExpiresIn: undefined }],
    [{}, { refresh_token: 'r2' }, { refreshToken: 'r2' }],
    [{}, { data: [{ token: { refresh_token: 'r2' } }] }, { refreshToken: 'r2' }],
    [{}, { refresh_token: 'r2', copy: { refresh_token: 'r2' } }, { refreshToken: 'r2' }],
    [{}, { refresh_token: 'of-the-bot', user: { refresh_token: 'of-the-user' } }, {}],
    [{ refresh_token: 'a\nb' }, { refresh_token: 'a\nb' }, {}],
    [{ refresh_token: 7 }, { refresh_token: 7 }, {}],
    [{}, 'refresh_token=r2', {}],
    [{}, null, {}],
  ])('of %j, which was %j, is %j', (standard, body, expected) => {
    expect(readRotation(asRecord(standard), body, NOW)).toEqual(expected)
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

  test('are kept up to 16 KiB as JSON, whatever their words are', () => {
    const [largest, larger] = [2, 1].map((quotes) => 'x'.repeat(16 * 1024 - quotes))
    const { extra } = read({ access_token: 'token', largest, larger, note: 'undefined' })
    expect(extra).toEqual({ largest, note: 'undefined' })
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
    expect('toString' in (extra ?? {})).toBe(false)
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
