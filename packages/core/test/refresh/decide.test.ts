import { describe, expect, test } from 'vitest'
import { decide, type Intent, type RecordFacts, routeOf } from '../../src/refresh/records.ts'
import type { FlightPolicy, FlightResult, Goal } from '../../src/refresh/state.ts'
import type { GrantRecord } from '../../src/tokens/record.ts'
import {
  AT,
  EXPIRED,
  FACTS,
  FRESH,
  GOAL,
  NOW,
  POLICY,
  recordOf,
  SOON,
  snapshotOf,
  stateOf,
  tokensWith,
} from './flight.ts'

interface Question {
  readonly goal?: Partial<Goal>
  readonly policy?: Partial<FlightPolicy>
  readonly facts?: Partial<RecordFacts>
}

/** What a flight does about this record: its result, the lease that it takes, or its effects. */
function answerTo(record: GrantRecord | undefined, { goal, policy, facts }: Question = {}) {
  const state = stateOf({ goal: { ...GOAL, ...goal }, policy: { ...POLICY, ...policy } })
  const decided = decide(state, snapshotOf(record), AT, { ...FACTS, ...facts })
  if ('mode' in decided) return intent(decided)
  const [effect] = decided.effects
  return effect?.type === 'settle' ? effect.result : effect
}

const intent = ({ mode, strikes }: Intent) => ({ mode, strikes })
const tokensOf = (record: GrantRecord): FlightResult => ({ type: 'tokens', snapshot: snapshotOf(record) })
const REFRESH = { mode: 'refresh', strikes: undefined }
const ACQUIRE = { mode: 'acquire', strikes: undefined }

describe('stored tokens', () => {
  const fresh = recordOf({ tokens: FRESH })
  const soon = recordOf({ tokens: SOON })
  const DEAD = { reason: 'invalid_grant', at: 5 }
  const ofAnotherSet = recordOf({ tokens: { ...FRESH, set: { setId: 'set-3', generation: 3 } } })

  test.each<[string, GrantRecord, Question]>([
    ['that live', fresh, {}],
    ['that live, for a refresh in the background', fresh, { goal: { soft: true } }],
    ['of a newer generation than the refused one', fresh, { goal: { rejected: 6 } }],
    ['of a set of its own that is newer than the refused one', ofAnotherSet, { goal: { rejected: 2 } }],
    ['that expire soon, where they are needed now', soon, {}],
    [
      'that expire soon, where nothing can replace them',
      recordOf({ tokens: SOON, dead: DEAD }),
      { goal: { soft: true } },
    ],
    [
      'without a refresh token, in the background',
      recordOf({ tokens: { ...SOON, refreshToken: undefined } }),
      { goal: { soft: true } },
    ],
  ])('%s are used', (_, record, question) => {
    expect(answerTo(record, question)).toEqual(tokensOf(record))
  })

  test.each<[string, GrantRecord, Question, object]>([
    ['that have expired', recordOf(), {}, REFRESH],
    ['that expire soon, in the background', soon, { goal: { soft: true } }, REFRESH],
    [
      'that expire soon, though the refresh token is dead',
      recordOf({ tokens: SOON, dead: DEAD }),
      { goal: { soft: true }, policy: { canAcquire: true } },
      ACQUIRE,
    ],
    [
      'that were refused',
      fresh,
      { goal: { rejected: 7 } },
      { mode: 'refresh', strikes: { count: 0, setId: 'set-7', probeAt: 0 } },
    ],
    [
      'of a set of its own that was refused',
      ofAnotherSet,
      { goal: { rejected: 3 } },
      { mode: 'refresh', strikes: { count: 0, setId: 'set-3', probeAt: 0 } },
    ],
  ])('%s are replaced', (_, record, question, expected) => {
    expect(answerTo(record, question)).toEqual(expected)
  })
})

describe('new tokens', () => {
  const dead = { reason: 'invalid_grant', at: 5 }
  const none: FlightResult = { type: 'not_signed_in' }
  const again = (reason: string, since = NOW): FlightResult => ({ type: 'reauthorization_required', reason, since })
  const noRefreshToken = { ...EXPIRED, refreshToken: undefined }
  const ending = (refreshExpiresAt: number) => ({ tokens: { ...EXPIRED, refreshExpiresAt } })

  test.each<[string, GrantRecord | undefined, FlightResult | 'refresh', FlightResult | 'refresh' | 'acquire']>([
    ['no record', undefined, none, 'acquire'],
    ['a record without tokens', recordOf({ tokens: undefined }), none, 'acquire'],
    ['a refresh token', recordOf(), 'refresh', 'refresh'],
    ['a refresh token that lives a moment more', recordOf(ending(NOW + 1)), 'refresh', 'refresh'],
    ['a refresh token that ends now', recordOf(ending(NOW)), again('refresh_token_expired'), 'acquire'],
    ['no refresh token', recordOf({ tokens: noRefreshToken }), again('no_refresh_token'), 'acquire'],
    ['a dead refresh token', recordOf({ dead }), again('invalid_grant', 5), 'acquire'],
    ['a dead sign-in without tokens', recordOf({ dead, tokens: undefined }), again('invalid_grant', 5), 'acquire'],
  ])('with %s', (_, record, ofPerson, ofProgram) => {
    expect(routeOf(POLICY, snapshotOf(record))).toEqual(ofPerson)
    expect(routeOf({ ...POLICY, canAcquire: true }, snapshotOf(record))).toEqual(ofProgram)
  })

  test('of a grant that cannot refresh are acquired, or need a person', () => {
    const policy = { ...POLICY, canRefresh: false }
    expect(routeOf({ ...policy, canAcquire: true }, snapshotOf(recordOf()))).toBe('acquire')
    expect(routeOf(policy, snapshotOf(recordOf()))).toEqual(again('no_refresh_token'))
    expect(answerTo(recordOf(), { policy })).toEqual(again('no_refresh_token'))
    expect(answerTo(undefined, { policy })).toEqual(none)
  })
})

describe('a rejected client', () => {
  const HOUR = 3_600_000
  const rejected = (until: number, tokens = EXPIRED) =>
    recordOf({
      tokens,
      rejection: { by: 'ab12', salt: 's', count: 2, until, oauthError: 'invalid_client', status: 401 },
    })
  const ours = { facts: { isRejectionOurs: true } }

  test.each([1, HOUR])('is not asked again for %d ms', (leftMs) => {
    const record = rejected(NOW + leftMs)
    expect(answerTo(record, ours)).toEqual({ type: 'client_rejected', rejection: record.rejection })
  })

  test.each([
    ['when the time is over', rejected(NOW), ours],
    ['when the time is longer than any that is written', rejected(NOW + HOUR + 1), ours],
    ['with other secrets', rejected(NOW + 1), {}],
    ['that was never rejected', recordOf(), ours],
  ])('is asked %s', (_, record, question) => {
    expect(answerTo(record, question)).toEqual(REFRESH)
  })

  test('keeps tokens that still live, where they are to be refreshed in the background', () => {
    const record = rejected(NOW + 1, SOON)
    expect(answerTo(record, { ...ours, goal: { soft: true } })).toEqual(tokensOf(record))
  })
})

describe('a token endpoint that fails', () => {
  const MINUTE = 60_000
  const failing = (retryInMs: number, count = 1, tokens = EXPIRED) =>
    recordOf({
      tokens,
      failure: { count, retryAt: NOW + retryInMs, status: 503, oauthError: 'busy', description: 'later', reason: 'r' },
    })
  const unavailable = (retryInMs: number) => ({
    type: 'token_unavailable',
    retryInMs,
    status: 503,
    oauthError: 'busy',
    description: 'later',
    reason: 'r',
  })
  const pause = (ms: number) => ({ type: 'pause', ms, timer: 1 })

  test.each([
    ['shortly, the first time', failing(250), {}, pause(250)],
    ['shortly, the third time', failing(2_000, 3), {}, pause(2_000)],
    ['almost as long as callers wait', failing(999), { policy: { maxWaitMs: 1_000 } }, pause(999)],
  ])('is waited for: %s', (_, record, question, expected) => {
    expect(answerTo(record, question)).toEqual(expected)
  })

  test.each([
    ['the fourth time', failing(250, 4), {}, unavailable(250)],
    ['for long', failing(2_001), {}, unavailable(2_001)],
    ['for five minutes', failing(5 * MINUTE), {}, unavailable(5 * MINUTE)],
    ['for as long as callers wait', failing(1_000), { policy: { maxWaitMs: 1_000 } }, unavailable(1_000)],
    ['in the background', failing(250, 1, tokensWith(100)), { goal: { soft: true } }, unavailable(250)],
  ])('is an error to try again later: %s', (_, record, question, expected) => {
    expect(answerTo(record, question)).toEqual(expected)
  })

  test.each([
    ['now', failing(0)],
    ['at a time that no wait is as long as', failing(5 * MINUTE + 1)],
  ])('is asked again %s', (_, record) => {
    expect(answerTo(record)).toEqual(REFRESH)
  })

  test('takes no token away that still lives', () => {
    const record = failing(250, 1, SOON)
    expect(answerTo(record, { goal: { soft: true } })).toEqual(tokensOf(record))
  })

  test('counts what was waited for before', () => {
    const state = stateOf({ startedAt: AT.mono - 29_500 })
    const later = (ms: number) => decide(state, snapshotOf(failing(ms)), AT, FACTS)
    expect(later(499)).toMatchObject({ effects: [{ type: 'pause', ms: 499 }] })
    expect(later(500)).toMatchObject({ effects: [{ type: 'settle', result: unavailable(500) }] })
  })
})
