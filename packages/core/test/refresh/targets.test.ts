import { describe, expect, test } from 'vitest'
import { accessSetOf, othersUnder, storedOf, viewOf } from '../../src/refresh/targets.ts'
import type { GrantRecord, StoredOther, StoredTokens } from '../../src/tokens/record.ts'
import { FRESH, NOW, recordOf } from './flight.ts'

const { refreshToken, ...MAIN_ACCESS } = FRESH
const MAIL_ACCESS: StoredTokens = { accessToken: 'mail-5', tokenType: 'Bearer', issuedAt: NOW - 5 }
const failure = { count: 1, retryAt: NOW, reason: 'r' }
const rejection = { count: 1, until: NOW }
const strikes = { count: 1, setId: 'set-5', probeAt: 0 }
const ofMain: StoredOther = { setId: 'set-7', generation: 7, tokens: MAIN_ACCESS }
const ofMail: StoredOther = { setId: 'set-5', generation: 5, tokens: MAIL_ACCESS, failure, rejection, strikes }

/** A record in which these targets have access tokens, or notes. */
const storedWith = (of: Readonly<Record<string, StoredOther>>, change: Partial<GrantRecord> = {}): GrantRecord =>
  recordOf({ tokens: FRESH, others: { setId: 'set-7', of }, ...change })

describe('the view of a target', () => {
  test('is the record itself for the grant’s own', () => {
    const record = storedWith({ mail: ofMail })
    expect(viewOf(record, undefined)).toBe(record)
    expect(storedOf(record, undefined)).toBe(record)
  })

  test('has its access token, the refresh token of all, and the notes about it', () => {
    const view = viewOf(storedWith({ mail: ofMail, files: ofMain }, { failure: { ...failure, count: 9 } }), 'mail')
    expect(view).toEqual({
      ...recordOf(),
      tokens: { ...MAIL_ACCESS, refreshToken, set: { setId: 'set-5', generation: 5 } },
      failure,
      rejection,
      strikes,
      others: { setId: 'set-7', of: { '': { ...ofMain, failure: { ...failure, count: 9 } }, files: ofMain } },
    })
  })

  test('of the set of the record names no set', () => {
    const view = viewOf(storedWith({ mail: { ...ofMail, setId: 'set-7', generation: 7 } }), 'mail')
    expect(view.tokens).toEqual({ ...MAIL_ACCESS, refreshToken })
  })

  test('that has none yet has the refresh token, and what the sign-in said', () => {
    const tokens = { ...FRESH, refreshExpiresAt: NOW + 9, scopes: ['read'], extra: { site: 1 } }
    const { tokenType, issuedAt, refreshExpiresAt, scopes, extra } = tokens
    const view = viewOf(recordOf({ tokens }), 'mail')
    expect(view.tokens).toEqual({ accessToken: '', tokenType, issuedAt, refreshToken, refreshExpiresAt, scopes, extra })
    expect([view.failure, view.rejection, view.strikes]).toEqual([undefined, undefined, undefined])
  })

  test('that has only notes has the refresh token under no set', () => {
    const view = viewOf(storedWith({ mail: { setId: 'set-5', generation: 5, failure } }), 'mail')
    expect(view).toMatchObject({ tokens: { accessToken: '', refreshToken }, failure })
    expect(view.tokens).not.toMatchObject({ set: expect.anything() })
  })

  test('of a record without tokens, or whose others are of another set, has none', () => {
    expect(viewOf(recordOf({ tokens: undefined }), 'mail').tokens).toBeUndefined()
    const foreign = viewOf(storedWith({ mail: ofMail }, { others: { setId: 'set-6', of: { mail: ofMail } } }), 'mail')
    expect(foreign).toMatchObject({ tokens: { accessToken: '' }, others: { of: { '': ofMain } } })
  })
})

describe('what is stored of a view', () => {
  test.each<[string, GrantRecord]>([
    ['a target that has tokens', storedWith({ mail: ofMail, files: ofMain })],
    ['a target that has none, beside others', storedWith({ files: ofMain })],
    ['no target at all', recordOf({ tokens: FRESH })],
    ['notes of the grant’s own', storedWith({ mail: ofMail }, { failure, rejection, strikes })],
    ['no tokens', recordOf({ tokens: undefined })],
  ])('is the record of which it was made: %s', (_, record) => {
    expect(storedOf(viewOf(record, 'mail'), 'mail')).toEqual(record)
  })

  test.each([{ failure }, { rejection }, { strikes }])('keeps a note of a target that has no tokens: %j', (note) => {
    const view = { ...viewOf(recordOf({ tokens: FRESH }), 'mail'), ...note }
    const entry = { setId: 'set-7', generation: 7, tokens: expect.objectContaining({ accessToken: '' }), ...note }
    expect(storedOf(view, 'mail').others).toEqual({ setId: 'set-7', of: { mail: entry } })
  })

  test('has others only where there are any', () => {
    expect(storedOf(viewOf(recordOf({ tokens: FRESH }), 'mail'), 'mail').others).toBeUndefined()
  })

  test('is at most 32 targets, the newest', () => {
    const of = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`t${n}`, { setId: `set-${n}`, generation: n, tokens: MAIL_ACCESS }]),
    )
    const kept = Object.keys(storedOf(viewOf(storedWith(of), 't20'), 't20').others?.of ?? {})
    expect(kept.toSorted()).toEqual(Array.from({ length: 32 }, (_, n) => `t${n + 8}`).toSorted())
  })
})

test('the set of an access token is its own, or that of the record', () => {
  expect(accessSetOf(recordOf())).toEqual({ setId: 'set-7', generation: 7 })
  const set = { setId: 'set-3', generation: 3 }
  expect(accessSetOf(recordOf({ tokens: { ...FRESH, set } }))).toEqual(set)
  expect(accessSetOf(recordOf({ tokens: undefined }))).toEqual({ setId: 'set-7', generation: 7 })
})

test('other access tokens go on under a new refresh token', () => {
  expect(othersUnder('set-8', storedWith({ mail: ofMail }))).toEqual({ setId: 'set-8', of: { mail: ofMail } })
  expect(othersUnder('set-8', recordOf())).toBeUndefined()
})
