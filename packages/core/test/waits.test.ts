import { describe, expect, test } from 'vitest'
import {
  checkedFailure,
  holdsBack,
  jwtLifetimeMs,
  lifetimeMs,
  lossPauseMs,
  rejectionHoldMs,
  retryWaitMs,
} from '../src/tokens/grant.ts'
import { boundedTime } from '../src/tokens/record.ts'

const MINUTE = 60_000
const YEAR = 365 * 24 * 60 * MINUTE

describe('the wait after failures in a row', () => {
  test.each([
    [1, [125, 375]],
    [2, [250, 750]],
    [3, [500, 1_500]],
    [4, [1_600, 2_000]],
    [5, [3_200, 4_000]],
    [6, [6_400, 8_000]],
    [11, [204_800, 256_000]],
    [12, [240_000, 300_000]],
    [1e300, [240_000, 300_000]],
    [0, [125, 375]],
    [-5, [125, 375]],
  ])('number %d is between %j ms, by chance', (count, [least = 0, most = 0]) => {
    expect(retryWaitMs(count, undefined, 0)).toBe(least)
    expect(retryWaitMs(count, undefined, 1)).toBe(most)
  })

  test('is what the vendor asks for where that is longer, up to five minutes', () => {
    expect(retryWaitMs(1, 10_000, 0)).toBe(10_000)
    expect(retryWaitMs(12, 1, 0)).toBe(240_000)
    expect(retryWaitMs(1, 24 * 60 * MINUTE, 0)).toBe(5 * MINUTE)
    expect(retryWaitMs(1, Number.POSITIVE_INFINITY, 0)).toBe(5 * MINUTE)
  })
})

test.each([
  [1, 1],
  [2, 2],
  [3, 4],
  [6, 32],
  [7, 60],
  [100, 60],
])('refused sign-in number %d holds for %d min', (count, minutes) => {
  expect(rejectionHoldMs(count)).toBe(minutes * MINUTE)
})

test.each([
  [0, 0, 0],
  [1, 0, 0],
  [2, 12.5, 25],
  [3, 25, 50],
  [7, 400, 800],
  [8, 500, 1_000],
  [1_000, 500, 1_000],
])('lost write number %d in a row is followed by a pause of %d to %d ms', (count, least, most) => {
  expect([lossPauseMs(count, 0), lossPauseMs(count, 1)]).toEqual([least, most])
})

describe('a stored time', () => {
  test.each([
    [undefined, false],
    [999, false],
    [1_000, false],
    [1_001, true],
    [1_000 + 5 * MINUTE, true],
    [1_001 + 5 * MINUTE, false],
  ])('of %j holds back at 1000: %j', (time, expected) => {
    expect(holdsBack(time, 1_000)).toBe(expected)
  })

  test('holds back as long as the caller believes', () => {
    expect([holdsBack(12, 10, 2), holdsBack(13, 10, 2)]).toEqual([true, false])
  })

  test.each([
    [-1, 0],
    [7, 7],
    [1e300, Date.UTC(9999, 0)],
  ])('of %d is taken for %d', (time, expected) => {
    expect(boundedTime(time)).toBe(expected)
  })
})

describe('a lifetime', () => {
  test.each<[unknown, number | undefined]>([
    [0, undefined],
    ['0', undefined],
    [0.001, 1],
    [1.5, 1_500],
    ['60', 60_000],
    [' 60 ', 60_000],
    [1e300, YEAR],
    [Number.POSITIVE_INFINITY, undefined],
    [Number.NaN, undefined],
    [-1, undefined],
    ['', undefined],
    [' ', undefined],
    ['soon', undefined],
    [null, undefined],
    [undefined, undefined],
    [true, undefined],
    [[60], undefined],
  ])('of %j s is %j ms', (seconds, expected) => {
    expect(lifetimeMs(seconds)).toBe(expected)
  })

  test.each([
    ['what is left until exp', { exp: 1_060 }, 60_000],
    ['that from iat to exp, where a clock is ahead', { exp: 1_060, iat: 1_030 }, 30_000],
    ['what is left, where iat is earlier', { exp: 1_060, iat: 900 }, 60_000],
    ['that from iat to exp, where the token seems to have expired', { exp: 990, iat: 900 }, 90_000],
    ['unknown, where it has expired and says no iat', { exp: 990 }, undefined],
    ['unknown, where it expires now', { exp: 1_000 }, undefined],
    ['unknown, where it was issued after its end', { exp: 990, iat: 995 }, undefined],
    ['unknown without exp', { iat: 900 }, undefined],
    ['unknown, where it was to last no time', { exp: 990, iat: 990 }, undefined],
    ['unknown with a text for exp', { exp: '1060' }, undefined],
    ['what is left with a text for iat', { exp: 1_060, iat: '1030' }, 60_000],
    ['a year at most', { exp: 1e300 }, YEAR],
  ])('of a JWT is %s', (_, claims, expected) => {
    expect(jwtLifetimeMs(claims, 1_000_000)).toBe(expected)
  })
})

describe('what a grant says went wrong', () => {
  test.each([
    ['client_rejected', 'client_rejected', 'client_rejected'],
    ['reauthorization_required', 'client_rejected', 'reauthorization_required'],
    ['token_unavailable', 'token_unavailable', 'token_unavailable'],
    ['anything', 'token_unavailable', 'token_unavailable'],
    [undefined, 'token_unavailable', 'token_unavailable'],
  ] as const)('%j is %s for a sign-in and %s for a refresh', (kind, acquire, refresh) => {
    expect(checkedFailure({ kind }, 'acquire').kind).toBe(acquire)
    expect(checkedFailure({ kind }, 'refresh').kind).toBe(refresh)
  })

  test.each([undefined, null, 'a text', 7])('%j says nothing: the answer may have been sent', (failure) => {
    expect(checkedFailure(failure, 'acquire')).toEqual({ kind: 'token_unavailable', sent: true })
  })

  test('has the members that make sense, and no others', () => {
    const failure = { sent: false, retryAfterMs: 5, status: 503, oauthError: 'slow_down', description: 'later' }
    expect(checkedFailure({ ...failure, other: 1 }, 'acquire')).toEqual({ kind: 'token_unavailable', ...failure })
    const senseless = { sent: 'no', status: 1.5, oauthError: 7, description: {} }
    for (const retryAfterMs of [0, -1, Number.NaN, '5'])
      expect(checkedFailure({ ...senseless, retryAfterMs }, 'acquire')).toEqual({
        kind: 'token_unavailable',
        sent: true,
      })
  })
})
