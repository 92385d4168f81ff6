import { describe, expect, test } from 'vitest'
import { newLease, storedLease } from '../../src/refresh/records.ts'
import type { GrantRecord, StoredClaim } from '../../src/tokens/record.ts'
import { CLAIM, GOAL, leaseOf, MONO, NOW, OTHERS, recordOf, snapshotOf, stateOf } from './flight.ts'

const take = (
  record: GrantRecord,
  mode: 'refresh' | 'acquire' = 'refresh',
  change: Parameters<typeof stateOf>[0] = {},
) => newLease(stateOf(change), snapshotOf(record), record, mode)

describe('a new lease', () => {
  test('names the set, its refresh token and generation, and ends two seconds before the stored one', () => {
    expect(take(recordOf())).toStrictEqual(leaseOf())
  })

  test('of a flight that had one has the next number', () => {
    expect(take(recordOf(), 'refresh', { leaseCount: 4 }).id).toBe('flight-1:5')
  })

  test('for a sign-in of the program spends no refresh token', () => {
    expect(take(recordOf(), 'acquire')).toStrictEqual(leaseOf({ mode: 'acquire', refreshToken: undefined }))
  })

  test('on a record without tokens is for the first set', () => {
    const record = recordOf({ tokens: undefined, generation: 0, setId: '' })
    expect(take(record, 'acquire')).toMatchObject({ isFirst: true, refreshToken: undefined, generation: 0, setId: '' })
  })

  test('is for a set that is newer than the one that was refused', () => {
    expect(take(recordOf(), 'refresh', { goal: { ...GOAL, rejected: 9 } }).generation).toBe(9)
    expect(take(recordOf(), 'refresh', { goal: { ...GOAL, rejected: 6 } }).generation).toBe(7)
  })

  test('counts time in whole milliseconds', () => {
    const snapshot = { ...snapshotOf(recordOf()), now: NOW + 0.75, mono: MONO + 0.25 }
    expect(newLease(stateOf(), snapshot, recordOf(), 'refresh')).toMatchObject({
      leasedAt: NOW,
      leasedMono: MONO + 0.25,
      deadline: MONO + 13_000.25,
    })
  })
})

describe('the attempt with a refresh token is', () => {
  const own: StoredClaim = { ...CLAIM, attempt: 3 }
  test.each<[number, string, StoredClaim | undefined]>([
    [1, 'the first, where nobody has taken a lease', undefined],
    [2, 'the second, where another flight may have sent it', OTHERS],
    [4, 'the fourth after three', { ...OTHERS, attempt: 3, until: 0 }],
    [1, 'the first, where another flight was about to sign in', { ...OTHERS, base: 'issue' }],
    [1, 'the first, where another set was spent', { ...OTHERS, base: 'set-6', attempt: 5 }],
    [3, 'the same, where this flight has sent nothing under its own lease', own],
    [4, 'the next, where this flight has given its lease back', { ...own, until: 0 }],
    [1, 'the first at least', { ...own, base: 'set-6' }],
  ])('%d: %s', (attempt, _, claim) => {
    expect(take(recordOf({ claim })).attempt).toBe(attempt)
  })

  test('always the first without one', () => {
    expect(take(recordOf({ claim: { ...OTHERS, attempt: 3 } }), 'acquire').attempt).toBe(1)
  })
})

describe('a stored lease', () => {
  test('says whose it is, what is spent, and that it ends in 15 s', () => {
    expect(storedLease(leaseOf({ attempt: 2 }), NOW)).toEqual({ ...CLAIM, attempt: 2, until: NOW + 15_000 })
  })

  test('of a sign-in of the program spends no set', () => {
    expect(storedLease(leaseOf({ mode: 'acquire' }), NOW).base).toBe('issue')
  })
})
