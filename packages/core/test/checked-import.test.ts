import { createHash } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { checkedImport } from '../src/tokens/import.ts'

const NOW = Date.UTC(2026, 0)
const HOUR = 3_600_000
const YEAR_2001 = Date.UTC(2001, 0)
const YEAR_10000 = Date.UTC(10_000, 0)

const importing = (given: object, now = NOW) => checkedImport('acme', given, true, now)
const tokensOf = async (given: object, now = NOW) => (await importing(given, now)).tokens
const jwt = (claims: string): string => `e30.${Buffer.from(claims).toString('base64url')}.c2ln`

test('all members of imported tokens are stored, as they were then', async () => {
  const scopes = ['read']
  const extra = { site: { id: 1 } }
  const given = {
    accessToken: 'a',
    refreshToken: 'r',
    expiresAt: NOW + HOUR,
    refreshExpiresAt: new Date(NOW + 2 * HOUR),
  }
  const imported = await importing({ ...given, tokenType: 'DPoP', scopes, extra })
  scopes.push('write')
  extra.site.id = 2
  expect(imported).toEqual({
    tokens: {
      accessToken: 'a',
      tokenType: 'DPoP',
      lifetimeMs: HOUR,
      refreshToken: 'r',
      refreshLifetimeMs: 2 * HOUR,
      scopes: ['read'],
      extra: { site: { id: 1 } },
    },
    digest: createHash('sha256').update('r').digest('hex').slice(0, 16),
  })
})

test('each refresh token has a digest of its own: the first 64 bits of its SHA-256', async () => {
  const tokens = Array.from({ length: 64 }, (_, index) => `refresh-${index}`)
  const digests = await Promise.all(tokens.map(async (refreshToken) => (await importing({ refreshToken })).digest))
  expect(digests).toEqual(tokens.map((text) => createHash('sha256').update(text).digest('hex').slice(0, 16)))
})

test('what is left out is unknown', async () => {
  expect(await importing({ accessToken: 'a' })).toEqual({
    tokens: { accessToken: 'a', tokenType: 'Bearer' },
    digest: undefined,
  })
  expect(await tokensOf({ refreshToken: 'r' })).toEqual({
    accessToken: '',
    tokenType: 'Bearer',
    lifetimeMs: 0,
    refreshToken: 'r',
  })
})

test('without WebCrypto a refresh token has no digest', async () => {
  vi.stubGlobal('crypto', {})
  expect((await importing({ refreshToken: 'r' })).digest).toBeUndefined()
  vi.stubGlobal('crypto', undefined)
  expect((await importing({ refreshToken: 'r' })).digest).toBeUndefined()
})

describe('the end of a token', () => {
  test('that is now is over', async () => {
    expect(await tokensOf({ accessToken: 'a', refreshToken: 'r', expiresAt: NOW })).toMatchObject({
      accessToken: '',
      lifetimeMs: 0,
    })
    expect(await tokensOf({ accessToken: 'a', expiresAt: NOW + 1 })).toMatchObject({ accessToken: 'a', lifetimeMs: 1 })
    const over = 'has passed: this refresh token cannot be used'
    await expect(importing({ refreshToken: 'r', refreshExpiresAt: NOW })).rejects.toThrow(over)
    await expect(importing({ accessToken: 'a', expiresAt: NOW })).rejects.toThrow('has expired')
  })

  test('may be at the bounds of what is a time in ms', async () => {
    const early = { accessToken: 'a', refreshToken: 'r', expiresAt: YEAR_2001 }
    expect(await tokensOf(early)).toMatchObject({ accessToken: '' })
    expect(await tokensOf(early, YEAR_2001 - 5)).toMatchObject({ accessToken: 'a', lifetimeMs: 5 })
    await expect(importing({ ...early, expiresAt: YEAR_2001 - 1 })).rejects.toThrow('is a time before 2001')
    await expect(importing({ ...early, expiresAt: Number.NEGATIVE_INFINITY })).rejects.toThrow('is a time before 2001')
    expect(await tokensOf({ ...early, expiresAt: YEAR_10000 - 1 })).toMatchObject({ accessToken: 'a' })
    await expect(importing({ ...early, expiresAt: YEAR_10000 })).rejects.toThrow('is a time after the year 9999')
  })

  test('is that of a JWT where none is named', async () => {
    const exp = NOW / 1000 + 60
    const both = { accessToken: jwt(`{"exp":${exp}}`), refreshToken: jwt(`{"exp":${exp + 60}}`) }
    expect(await tokensOf(both)).toMatchObject({ lifetimeMs: 60_000, refreshLifetimeMs: 120_000 })
    expect(await tokensOf({ ...both, expiresAt: NOW + 5 })).toMatchObject({ lifetimeMs: 5 })
  })

  test.each(['{"exp":"soon"}', '{"exp":1e999}', '{}', '[]', 'no JSON'])(
    'is unknown of a JWT with %s',
    async (claims) => {
      expect(await tokensOf({ accessToken: jwt(claims) })).toMatchObject({ lifetimeMs: undefined })
    },
  )

  test('of a refresh token as JWT may have passed: the vendor says whether it is over', async () => {
    const refreshToken = jwt(`{"exp":${NOW / 1000 - 60}}`)
    expect(await tokensOf({ refreshToken })).toMatchObject({ refreshToken, refreshLifetimeMs: undefined })
  })
})

test.each([
  ['access_token', 'accessToken'],
  ['REFRESH_TOKEN', 'refreshToken'],
  ['expiresIn', 'expiresAt'],
  ['refresh_expires_in', 'refreshExpiresAt'],
  ['scope', 'scopes'],
  ['token_type', 'tokenType'],
])('%s is not known, and may be meant for %s', async (name, meant) => {
  const message = `[acme] "${name}" is not known: did you mean "${meant}"?`
  await expect(importing({ [name]: 'x' })).rejects.toThrow(message)
})

test.each<[object, string]>([
  [
    { user: 'x' },
    '"user" is not known: there is refreshToken, accessToken, expiresAt, refreshExpiresAt, scopes, tokenType, extra',
  ],
  [null as never, '"refreshToken" is required: pass an object with it, or with "accessToken"'],
  [[], '"refreshToken" is required: pass an object with it, or with "accessToken"'],
  [{ accessToken: 'a', tokenType: 7 }, '"tokenType" must be a word such as "Bearer"'],
  [{ accessToken: 'a', tokenType: 'x y' }, '"tokenType" must be a word such as "Bearer"'],
  [{ accessToken: 'a', tokenType: '' }, '"tokenType" must be a word such as "Bearer"'],
  [{ accessToken: 'a', scopes: ['a', 7] }, '"scopes" must be an array of non-empty strings'],
  [{ accessToken: 'a', extra: null }, '"extra" must be a JSON object'],
  [{ accessToken: 'a', extra: [] }, '"extra" must be a JSON object'],
  [{ accessToken: 'a', extra: 'x' }, '"extra" must be a JSON object'],
  [{ accessToken: {} }, '"accessToken" must be a string, not an object'],
  [
    { accessToken: 'a\u0007' },
    '"accessToken" must be a token as the vendor gave it: it holds other characters, or is too long',
  ],
])('%j cannot be imported: %s', async (given, message) => {
  await expect(importing(given)).rejects.toThrow(`[acme] ${message}`)
})
