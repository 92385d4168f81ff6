import { describe, expect, test } from 'vitest'
import { afterRotation, afterSuccess } from '../../src/refresh/records.ts'
import type { Failed, ObtainedTokens } from '../../src/tokens/grant.ts'
import type { GrantRecord } from '../../src/tokens/record.ts'
import { CLAIM, EXPIRED, leaseOf, NOW, OBTAINED, OTHERS, recordOf } from './flight.ts'

const { tokens: NEW } = OBTAINED
const leased = (change: Partial<GrantRecord> = {}): GrantRecord => recordOf({ claim: CLAIM, ...change })
const proofKey = { privateJwk: { kty: 'EC' } } as unknown as GrantRecord['proofKey']
const otherKey = { privateJwk: { kty: 'OKP' } } as unknown as GrantRecord['proofKey']

describe('the record after a refresh', () => {
  test('holds the new tokens, in place of the old ones and of all that was known about them', () => {
    const record = leased({
      failure: { count: 3, retryAt: NOW, reason: 'r' },
      rejection: { count: 1, until: NOW },
      contested: true,
      restored: true,
      parent: { setId: 'set-6', attempt: 2 },
    })
    expect(afterSuccess(record, leaseOf(), NEW)).toEqual({
      v: 1,
      key: record.key,
      generation: 8,
      setId: 'flight-1:1',
      parent: { setId: 'set-7', attempt: 1 },
      tokens: {
        accessToken: 'access-8',
        tokenType: 'DPoP',
        issuedAt: NOW,
        expiresAt: NOW + 60_000,
        refreshToken: 'refresh-8',
        isRenewal: true,
      },
      writtenBy: 'flight-1:1',
    })
  })

  test('keeps what is not about tokens, and members of a newer version', () => {
    const kept = { strikes: { count: 1, setId: 'set-7', probeAt: 0 }, imported: 'digest', proofKey, fromLater: [1] }
    const of = { api: { setId: 'set-5', generation: 5 } }
    const after = afterSuccess(leased({ ...kept, others: { setId: 'set-7', of } }), leaseOf(), NEW)
    expect(after).toMatchObject({ ...kept, others: { setId: 'flight-1:1', of } })
  })

  test('is bound to the key of the answer, where it has one', () => {
    expect(afterSuccess(leased({ proofKey }), leaseOf(), { ...NEW, proofKey: otherKey }).proofKey).toBe(otherKey)
  })

  const after = (tokens: Partial<ObtainedTokens>, before = {}, mode: 'refresh' | 'acquire' = 'refresh') =>
    afterSuccess(leased({ tokens: { ...EXPIRED, ...before } }), leaseOf({ mode }), { ...NEW, ...tokens }).tokens

  test.each<[string, Partial<ObtainedTokens>, object, object]>([
    ['a lifetime, which may be unknown', { lifetimeMs: undefined }, {}, { expiresAt: undefined }],
    [
      'the refresh token that was used, where the answer has none',
      { refreshToken: undefined },
      { refreshExpiresAt: 9 },
      { refreshToken: 'refresh-7', refreshExpiresAt: 9 },
    ],
    [
      'a new end of the one that was used',
      { refreshToken: undefined, refreshLifetimeMs: 5 },
      { refreshExpiresAt: 9 },
      { refreshToken: 'refresh-7', refreshExpiresAt: NOW + 5 },
    ],
    [
      'no end of the old one for a new one',
      {},
      { refreshExpiresAt: 9 },
      { refreshToken: 'refresh-8', refreshExpiresAt: undefined },
    ],
    ['the end of a new one', { refreshLifetimeMs: 7 }, {}, { refreshExpiresAt: NOW + 7 }],
    ['the scopes of before, where the answer has none', {}, { scopes: ['a'] }, { scopes: ['a'] }],
    ['the scopes of the answer', { scopes: ['b'] }, { scopes: ['a'] }, { scopes: ['b'] }],
    ['the members of both answers', { extra: { b: 2 } }, { extra: { a: 1 } }, { extra: { a: 1, b: 2 } }],
    ['a set that is that of the record again', {}, { set: { setId: 's', generation: 1 } }, { set: undefined }],
  ])('has %s', (_, tokens, before, expected) => {
    expect(after(tokens, before)).toMatchObject(expected)
  })

  test.each<[string, Partial<ObtainedTokens>, object, object]>([
    [
      'no refresh token, where the answer has none',
      { refreshToken: undefined },
      { refreshExpiresAt: 9 },
      { refreshToken: undefined, refreshExpiresAt: undefined },
    ],
    ['no scopes of before', {}, { scopes: ['a'] }, { scopes: undefined }],
  ])('or a sign-in of the program has %s', (_, tokens, before, expected) => {
    expect(after(tokens, before, 'acquire')).toMatchObject(expected)
  })

  test('has no members of before after a sign-in of the program', () => {
    expect(after({ extra: { b: 2 } }, { extra: { a: 1 } }, 'acquire')?.extra).toEqual({ b: 2 })
  })

  test('has no parent after a sign-in of the program', () => {
    expect(afterSuccess(leased(), leaseOf({ mode: 'acquire' }), NEW).parent).toBeUndefined()
  })
})

describe('the generation of new tokens', () => {
  const generation = (record: Partial<GrantRecord>, lease: Parameters<typeof leaseOf>[0]) =>
    afterSuccess(leased(record), leaseOf(lease), NEW).generation

  test.each([
    ['follows that of the record', { generation: 9 }, {}, 10],
    ['follows that of the lease', { generation: 3 }, { generation: 8 }, 9],
    ['starts at the store’s clock', { generation: 0 }, { generation: 0, isFirst: true }, NOW],
    [
      'starts after one that is ahead of that clock',
      { generation: 0 },
      { generation: NOW + 5, isFirst: true },
      NOW + 6,
    ],
  ])('%s', (_, record, lease, expected) => {
    expect(generation(record, lease)).toBe(expected)
  })

  test('is of the first set, which is no renewal', () => {
    expect(afterSuccess(leased({ tokens: undefined }), leaseOf({ isFirst: true }), NEW).tokens).not.toMatchObject({
      isRenewal: true,
    })
  })
})

describe('a lease of another flight', () => {
  const after = (record: Partial<GrantRecord>, attempt = 1) => afterSuccess(recordOf(record), leaseOf({ attempt }), NEW)

  test('stays on the record, whose refresh token is in doubt then', () => {
    expect(after({ claim: OTHERS })).toMatchObject({ claim: OTHERS, contested: true })
  })

  test.each<[string, Partial<GrantRecord>, number, true | undefined]>([
    ['is not, where the own lease was there to the end', { claim: CLAIM }, 1, undefined],
    ['is not, where no lease was there', {}, 1, undefined],
    ['is, where it was sent more than once', { claim: CLAIM }, 2, true],
    ['is, where another was told that the refresh token is dead', { dead: { reason: 'r', at: 1 } }, 1, true],
  ])('in doubt %s', (_, record, attempt, contested) => {
    const written = after(record, attempt)
    expect(written.contested).toBe(contested)
    expect(written.claim).toBeUndefined()
  })
})

describe('the record after an answer of which only the refresh token can be used', () => {
  const rotated = { refreshToken: 'refresh-8', refreshLifetimeMs: 90_000 }
  const failure: Failed = { type: 'failed', kind: 'token_unavailable', sent: true, status: 200, description: 'odd' }
  const after = (
    record: Partial<GrantRecord>,
    lease = leaseOf(),
    change = rotated as typeof rotated | { refreshToken: string },
  ) => afterRotation(leased(record), lease, { ...failure, rotated: change }, NOW + 1_000, 0.5)

  test('has it, the access token as it was, and the failure', () => {
    const failed = { count: 1, retryAt: NOW + 1_250, at: NOW + 1_000, status: 200, description: 'odd', reason: 'odd' }
    expect(after({})).toEqual({
      ...recordOf(),
      setId: 'flight-1:1',
      parent: { setId: 'set-7', attempt: 1 },
      tokens: { ...EXPIRED, refreshToken: 'refresh-8', refreshExpiresAt: NOW + 90_000 },
      failure: failed,
      writtenBy: 'flight-1:1',
    })
  })

  test('keeps the set that the access token is of', () => {
    const set = { setId: 'set-3', generation: 3 }
    const strikes = { count: 1, setId: 'set-7', probeAt: 0 }
    expect(after({ tokens: { ...EXPIRED, set }, strikes })).toMatchObject({ tokens: { set }, strikes })
  })

  test('has no end of the refresh token, where the answer names none', () => {
    expect(after({ tokens: { ...EXPIRED, refreshExpiresAt: 9 } }, leaseOf(), { refreshToken: 'r' }).tokens).toEqual({
      ...EXPIRED,
      refreshToken: 'r',
    })
  })

  test('counts a refused access token once', () => {
    const strikes = (setId: string) => ({ count: 1, setId, probeAt: 4 })
    expect(after({ strikes: strikes('set-7') }).strikes).toEqual(strikes('flight-1:1'))
    expect(after({ strikes: strikes('set-6') }).strikes).toEqual(strikes('set-6'))
    expect(after({}).strikes).toBeUndefined()
  })

  test('has no access token of an older life of the key', () => {
    const strikes = { count: 1, setId: 'set-7', probeAt: 4 }
    expect(after({ generation: 3, strikes }, leaseOf({ generation: 8 }))).toMatchObject({
      generation: 9,
      tokens: { accessToken: '', tokenType: 'Bearer', issuedAt: NOW, refreshToken: 'refresh-8' },
      strikes,
    })
    expect(after({ tokens: undefined }).generation).toBe(8)
  })
})
