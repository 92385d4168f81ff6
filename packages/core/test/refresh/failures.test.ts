import { describe, expect, test } from 'vitest'
import { afterRefusal } from '../../src/refresh/records.ts'
import { reasonOf } from '../../src/refresh/state.ts'
import type { Failed } from '../../src/tokens/grant.ts'
import type { GrantRecord, StoredClaim } from '../../src/tokens/record.ts'
import { CLAIM, EXPIRED, leaseOf, NOW, OTHERS, recordOf, UNAVAILABLE } from './flight.ts'

const LATER = NOW + 1_000
const leased = (change: Partial<GrantRecord> = {}): GrantRecord => recordOf({ claim: CLAIM, ...change })
const after = (record: GrantRecord, failure: Failed, lease = leaseOf()) =>
  afterRefusal(record, lease, failure, LATER, 0.5)
const GIVEN_BACK = { ...CLAIM, until: 0 }

describe('the record after a token endpoint that failed', () => {
  test('says so, keeps the tokens, and gives the lease back', () => {
    const failure: Failed = { ...UNAVAILABLE, oauthError: 'server_error', description: 'later', retryAfterMs: 5_000 }
    expect(after(leased({ writtenBy: 'x' }), failure)).toEqual({
      ...leased(),
      claim: GIVEN_BACK,
      failure: {
        count: 1,
        retryAt: LATER + 5_000,
        at: LATER,
        status: 500,
        oauthError: 'server_error',
        description: 'later',
        reason: 'server_error',
      },
      writtenBy: 'flight-1:1',
    })
  })

  test('counts failures in a row, and each is waited for longer', () => {
    const failed = (count: number) => leased({ failure: { count, retryAt: 0, reason: 'r' } })
    const { failure: second } = after(failed(1), UNAVAILABLE)
    const { failure: eighth } = after(failed(7), UNAVAILABLE)
    expect([second?.count, second?.retryAt]).toEqual([2, LATER + 500])
    expect([eighth?.count, eighth?.retryAt]).toEqual([8, LATER + 28_800])
  })

  const claimAfter = (failure: Partial<Failed>, claim: StoredClaim | undefined = CLAIM) =>
    after(recordOf({ claim }), { ...UNAVAILABLE, ...failure }).claim

  test.each<[string, Partial<Failed>]>([
    ['without an answer', { status: undefined }],
    ['with an error of the vendor', { oauthError: 'server_error' }],
    ['because it is overloaded, in words of a proxy', { status: 503 }],
  ])('%s doubts whether the refresh token was spent', (_, failure) => {
    expect(claimAfter(failure)).toEqual(GIVEN_BACK)
    expect(claimAfter(failure, { ...CLAIM, attempt: 2 })).toEqual({ ...GIVEN_BACK, attempt: 2 })
  })

  test.each<[string, Partial<Failed>]>([
    ['because it was not reached', { sent: false, status: undefined }],
    ['because of too many requests', { status: 429 }],
    ['because it is overloaded, in its own words', { status: 503, oauthError: 'temporarily_unavailable' }],
  ])('%s knows that nothing was spent by this attempt', (_, failure) => {
    expect(claimAfter(failure)).toBeUndefined()
    expect(claimAfter(failure, { ...CLAIM, attempt: 2 })).toEqual(GIVEN_BACK)
  })

  test('has no lease of a sign-in of the program any more', () => {
    expect(claimAfter({}, { ...CLAIM, base: 'issue' })).toBeUndefined()
  })

  test('has none where there was none', () => {
    expect(after(recordOf(), UNAVAILABLE)).not.toMatchObject({ claim: expect.anything() })
  })
})

describe('the record after a rejected client', () => {
  const refused: Failed = {
    type: 'failed',
    kind: 'client_rejected',
    sent: true,
    status: 401,
    oauthError: 'invalid_client',
    description: 'who?',
    by: 'ab12',
    salt: 'salt',
  }
  const { by, salt, status, oauthError, description } = refused
  const rejection = (count: number, minutes: number) => ({
    by,
    salt,
    count,
    until: LATER + minutes * 60_000,
    at: LATER,
    oauthError,
    description,
    status,
  })

  test('says whose secrets were refused, for how long, and that nothing was spent', () => {
    expect(after(leased({ writtenBy: 'x' }), refused)).toEqual({
      ...recordOf(),
      rejection: rejection(1, 1),
      writtenBy: 'flight-1:1',
    })
  })

  test('doubts a refresh token that was in doubt before', () => {
    expect(after(leased({ claim: { ...CLAIM, attempt: 3 } }), refused).claim).toEqual({ ...GIVEN_BACK, attempt: 2 })
    expect(after(recordOf(), refused).claim).toBeUndefined()
  })

  test('holds longer each time', () => {
    const again = (count: number) => after(leased({ rejection: { count, until: NOW } }), refused).rejection
    expect([again(1), again(2)]).toEqual([rejection(2, 2), rejection(3, 4)])
  })

  test('is a failure, too, where it was asked although the rejection of another secret held', () => {
    const failing = { count: 4, retryAt: NOW, reason: 'r' }
    const held = (until: number) => after(leased({ failure: failing, rejection: { count: 1, until } }), refused).failure
    expect(held(NOW + 1)).toMatchObject({ count: 5, reason: 'invalid_client', status: 401, at: LATER })
    expect(held(NOW + 3_600_000)).toMatchObject({ count: 5 })
    expect([held(NOW), held(NOW + 3_600_001)]).toEqual([failing, failing])
    expect(after(leased(), refused).failure).toBeUndefined()
  })
})

describe('the record after a dead refresh token', () => {
  const dead: Failed = { type: 'failed', kind: 'reauthorization_required', sent: true, oauthError: 'expired_grant' }

  test('says so, and keeps the access token alone', () => {
    const { refreshToken: _, ...rest } = EXPIRED
    expect(after(leased({ tokens: { ...EXPIRED, refreshExpiresAt: 9 }, writtenBy: 'x' }), dead)).toEqual({
      ...recordOf(),
      tokens: rest,
      dead: { reason: 'expired_grant', at: LATER },
      writtenBy: 'flight-1:1',
    })
  })

  test.each<[string, Partial<GrantRecord>, number, Failed, string]>([
    ['what the vendor says', {}, 1, dead, 'expired_grant'],
    ['invalid_grant, where it says nothing', {}, 1, { ...dead, oauthError: undefined }, 'invalid_grant'],
    ['a lost outcome, where it was sent before', {}, 2, dead, 'refresh_outcome_lost'],
    ['a lost outcome, where another may have spent it', { contested: true }, 1, dead, 'refresh_outcome_lost'],
    ['a store that went back', { restored: true, contested: true }, 2, dead, 'store_went_back'],
  ])('names as the reason %s', (_, record, attempt, failure, reason) => {
    expect(after(leased(record), failure, leaseOf({ attempt })).dead).toEqual({ reason, at: LATER })
  })

  test('of a lease of another flight has none', () => {
    expect(after(leased({ claim: OTHERS, tokens: undefined }), dead)).toMatchObject({
      claim: undefined,
      tokens: undefined,
    })
  })
})

test.each<[string, Partial<Failed>]>([
  ['invalid_client', { status: 401, oauthError: 'invalid_client', description: 'who?' }],
  ['status 500', { status: 500, description: 'oops' }],
  ['status 500', { status: 500 }],
  ['status 199', { status: 199, description: 'odd' }],
  ['status 300', { status: 300, description: 'elsewhere' }],
  ['the answer is no JSON', { status: 200, description: 'the answer is no JSON' }],
  ['the answer is no JSON', { status: 299, description: 'the answer is no JSON' }],
  ['status 200', { status: 200 }],
  ['not reached', { status: undefined, description: 'not reached' }],
  ['no answer', { status: undefined }],
])('the reason is "%s" for %j', (reason, failure) => {
  expect(reasonOf({ ...UNAVAILABLE, ...failure })).toBe(reason)
})
