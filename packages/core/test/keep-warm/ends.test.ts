import { describe, expect, test } from 'vitest'
import { aheadMs, judgeEnd, planOf, ruleOf, spreadOf, type WarmRule, warmthOf } from '../../src/warm/ends.ts'
import { EXPIRED, FRESH, NOW, recordOf, snapshotOf } from '../refresh/flight.ts'

const DAY = 24 * 3_600_000
const HOUR = 3_600_000
const NEVER = Number.POSITIVE_INFINITY
const RULE: WarmRule = { beforeMs: undefined, idleMs: undefined, lifetimeMs: NEVER }

describe('the rule of a vendor', () => {
  test.each<[string, object, object, Partial<WarmRule>]>([
    ['that says nothing', {}, {}, { idleMs: undefined, lifetimeMs: NEVER }],
    ['whose refresh tokens end without use', { idle: 60 }, {}, { idleMs: 60_000, lifetimeMs: NEVER }],
    ['whose refresh tokens have a lifetime', { refreshToken: 90 }, {}, { idleMs: NEVER, lifetimeMs: 90_000 }],
    ['that says both', { refreshToken: 90, idle: 60 }, {}, { idleMs: 60_000, lifetimeMs: 90_000 }],
    ['whose refreshes give no other', { refreshToken: 90, rotates: false }, {}, { idleMs: NEVER, lifetimeMs: NEVER }],
    ['whose refresh tokens never end', { refreshToken: 'endless' }, {}, { idleMs: NEVER, lifetimeMs: NEVER }],
    ['that has none', { refreshToken: 'none' }, {}, { idleMs: NEVER, lifetimeMs: NEVER }],
    ['and the program’s own', { idle: 60 }, { idleMs: 5, beforeMs: 7 }, { idleMs: 5, beforeMs: 7 }],
    ['that says more than is needed', { accessToken: 5, grace: 6, idle: 60 }, {}, { idleMs: 60_000 }],
  ])('%s: %j', (_, lifetimes, options, expected) => {
    expect(ruleOf('acme', lifetimes, options)).toEqual({ ...RULE, ...expected })
  })

  test.each<[object, string]>([
    [{ idle: 0 }, '[acme] "lifetimes.idle" must be a number of seconds above 0'],
    [{ idle: '60' }, '[acme] "lifetimes.idle" must be a number of seconds above 0'],
    [{ idle: NEVER }, '[acme] "lifetimes.idle" must be a number of seconds above 0'],
    [{ refreshToken: -1 }, '[acme] "lifetimes.refreshToken" must be a number of seconds above 0'],
    [{ refreshToken: 'long' }, '[acme] "lifetimes.refreshToken" must be a number of seconds above 0'],
    [{ rotates: 'yes' }, '[acme] "lifetimes.rotates" must be true or false'],
    [{ idel: 5 }, '[acme] "lifetimes.idel" is not an option'],
  ])('%j is none: %s', (lifetimes, message) => {
    expect(() => ruleOf('acme', lifetimes, {})).toThrow(message)
  })
})

describe('what a record says of its refresh token', () => {
  const warmth = (record: Parameters<typeof snapshotOf>[0], rule: Partial<WarmRule> = {}) =>
    warmthOf(snapshotOf(record), { ...RULE, ...rule })
  const dead = { reason: 'invalid_grant', at: 5 }

  test.each([
    ['nothing', undefined, 'signed_out'],
    ['a sign-out', recordOf({ signedOut: true }), 'signed_out'],
    ['a record without tokens', recordOf({ tokens: undefined }), 'signed_out'],
    ['a dead one', recordOf({ dead }), 'ended'],
    ['a dead one without tokens', recordOf({ dead, tokens: undefined }), 'ended'],
    ['one that ends now', recordOf({ tokens: { ...FRESH, refreshExpiresAt: NOW } }), 'ended'],
    ['none, and an access token that ends now', recordOf({ tokens: { ...EXPIRED, refreshToken: undefined } }), 'ended'],
  ])('%s', (_, record, type) => {
    expect(warmth(record)).toEqual({ type })
  })

  test('none, and an access token that lives', () => {
    const usedAt = FRESH.issuedAt
    const fading = { type: 'fading', generation: 7, usedAt }
    const alone = { ...FRESH, refreshToken: undefined }
    expect(warmth(recordOf({ tokens: alone }))).toEqual({ ...fading, end: FRESH.expiresAt })
    expect(warmth(recordOf({ tokens: { ...alone, expiresAt: undefined } }))).toEqual({ ...fading, end: NEVER })
  })

  const living = (change: object, more: object = {}) => ({
    type: 'living',
    generation: 7,
    usedAt: FRESH.issuedAt,
    isRenewal: false,
    statedEnd: NEVER,
    idleEnd: FRESH.issuedAt + 7 * DAY,
    ...change,
    ...more,
  })

  test.each<[string, object, Partial<WarmRule>, object]>([
    ['of which nobody says when it ends', {}, {}, {}],
    ['that ends without use', {}, { idleMs: HOUR }, { idleEnd: FRESH.issuedAt + HOUR }],
    ['that has a lifetime', {}, { lifetimeMs: HOUR, idleMs: NEVER }, { idleEnd: FRESH.issuedAt + HOUR }],
    ['that has a lifetime, and nothing else is known', {}, { lifetimeMs: HOUR }, { idleEnd: FRESH.issuedAt + HOUR }],
    ['that has a long lifetime', {}, { lifetimeMs: 30 * DAY }, { idleEnd: FRESH.issuedAt + 30 * DAY }],
    ['whose lifetime is shorter', {}, { lifetimeMs: HOUR, idleMs: DAY }, { idleEnd: FRESH.issuedAt + HOUR }],
    ['that never ends', {}, { idleMs: NEVER }, { idleEnd: NEVER }],
    ['whose end the vendor states', { refreshExpiresAt: NOW + DAY }, {}, { statedEnd: NOW + DAY, idleEnd: NEVER }],
    [
      'whose end the vendor states, and counts more',
      { refreshExpiresAt: NOW + DAY },
      { lifetimeMs: HOUR },
      { statedEnd: NOW + DAY, idleEnd: NEVER },
    ],
    [
      'whose end the vendor states, and that ends without use',
      { refreshExpiresAt: NOW + DAY },
      { idleMs: HOUR },
      { statedEnd: NOW + DAY, idleEnd: FRESH.issuedAt + HOUR },
    ],
    ['that a refresh gave', { isRenewal: true }, {}, { isRenewal: true }],
  ])('one %s', (_, tokens, rule, expected) => {
    expect(warmth(recordOf({ tokens: { ...FRESH, ...tokens } }), rule)).toEqual(living(expected))
  })

  test('one that was used for another target since', () => {
    const set = { setId: 'set-6', generation: 6 }
    const used = (issuedAt: number) => ({ ...set, tokens: { accessToken: 'b', tokenType: 'Bearer', issuedAt } })
    const of = { one: used(NOW - 5), two: used(NOW - 9), three: set }
    expect(warmth(recordOf({ tokens: FRESH, others: { setId: 'set-7', of } }))).toMatchObject({ usedAt: NOW - 5 })
    const earlier = { one: used(FRESH.issuedAt - 5), three: set }
    expect(warmth(recordOf({ tokens: FRESH, others: { setId: 'set-7', of: earlier } }))).toMatchObject({
      usedAt: FRESH.issuedAt,
    })
  })
})

describe('a refresh token is used', () => {
  const of = { type: 'living', generation: 1, usedAt: 0, isRenewal: false } as const
  const plan = (
    ends: { statedEnd?: number; idleEnd?: number },
    rule: Partial<WarmRule> = {},
    spread = 0,
    isFixed = false,
  ) => planOf({ ...of, statedEnd: NEVER, idleEnd: NEVER, ...ends }, { ...RULE, ...rule }, spread, isFixed)

  test.each<[string, ReturnType<typeof plan>, object]>([
    [
      'a fifth of the lifetime before its end',
      plan({ idleEnd: 10 * DAY }),
      { end: 10 * DAY, beforeMs: 2 * DAY, dueAt: 8 * DAY },
    ],
    ['or twice that, by the account', plan({ idleEnd: 10 * DAY }, {}, 0.5), { beforeMs: 2 * DAY, dueAt: 7 * DAY }],
    ['seven days before it at most', plan({ idleEnd: 100 * DAY }), { beforeMs: 7 * DAY, dueAt: 93 * DAY }],
    [
      'as long before it as the program says',
      plan({ idleEnd: 10 * DAY }, { beforeMs: DAY }),
      { beforeMs: DAY, dueAt: 9 * DAY },
    ],
    [
      'a third of the lifetime before it at most',
      plan({ idleEnd: 9 * DAY }, { beforeMs: 8 * DAY }),
      { beforeMs: 3 * DAY, dueAt: 6 * DAY },
    ],
    ['before the end that the vendor states', plan({ statedEnd: 10 * DAY }), { end: 10 * DAY, dueAt: 8 * DAY }],
    [
      'before the first of both ends',
      plan({ statedEnd: 10 * DAY, idleEnd: 5 * DAY }, {}, 0, true),
      { end: 5 * DAY, dueAt: 4 * DAY },
    ],
    [
      'before the end that is stated, where both are one',
      plan({ statedEnd: 10 * DAY, idleEnd: 10 * DAY }, {}, 0, true),
      { end: NEVER, dueAt: NEVER },
    ],
    [
      'never, where a refresh puts nothing off',
      plan({ statedEnd: 10 * DAY }, {}, 0, true),
      { end: NEVER, dueAt: NEVER },
    ],
    ['never, where it does not end', plan({}), { end: NEVER, dueAt: NEVER }],
  ])('%s', (_, actual, expected) => {
    expect(actual).toMatchObject(expected)
  })

  test('people are told a fifth of the lifetime before an end, at most seven days', () => {
    expect([aheadMs(10 * DAY), aheadMs(35 * DAY), aheadMs(36 * DAY)]).toEqual([2 * DAY, 7 * DAY, 7 * DAY])
  })
})

describe('an end that a vendor states', () => {
  const before = { usedAt: 0, statedEnd: 100, isFixed: false }

  test.each<[string, typeof before | undefined, number, number, object]>([
    ['and that is seen for the first time, may be put off', undefined, 0, 100, before],
    [
      'and was endless before, may be put off',
      { ...before, statedEnd: NEVER },
      50,
      100,
      { usedAt: 50, statedEnd: 100, isFixed: false },
    ],
    ['and that was put off, may be so again', before, 50, 106, { usedAt: 50, statedEnd: 106, isFixed: false }],
    [
      'and was put off after it had been fixed, may be so again',
      { ...before, isFixed: true },
      5,
      106,
      { usedAt: 5, statedEnd: 106, isFixed: false },
    ],
    ['and that moved by a twentieth, is fixed', before, 50, 105, { usedAt: 50, statedEnd: 105, isFixed: true }],
    ['and that stayed after a use, is fixed', before, 10, 100, { usedAt: 10, statedEnd: 100, isFixed: true }],
    ['is not judged by a use right after another', before, 9, 100, before],
  ])('%s', (_, seen, usedAt, statedEnd, expected) => {
    expect(judgeEnd(seen, { usedAt, statedEnd })).toEqual(expected)
  })
})

test('an end is judged by the time since the last use', () => {
  const before = { usedAt: 1_000, statedEnd: 1_100, isFixed: false }
  expect(judgeEnd(before, { usedAt: 1_009, statedEnd: 1_100 })).toBe(before)
  expect(judgeEnd(before, { usedAt: 1_010, statedEnd: 1_105 })).toMatchObject({ isFixed: true })
  expect(judgeEnd(before, { usedAt: 1_010, statedEnd: 1_106 })).toMatchObject({ isFixed: false })
})

test('the times of accounts are spread, and the same in each process', () => {
  const spreads = Array.from({ length: 1_000 }, (_, index) => spreadOf('acme', `account-${index}`))
  const tenths = Array.from({ length: 10 }, (_, tenth) => spreads.filter((it) => Math.floor(it * 10) === tenth).length)
  for (const count of tenths) expect(count).toBeGreaterThan(60)
  expect([Math.min(...spreads) >= 0, Math.max(...spreads) < 1]).toEqual([true, true])
  // Processes of different releases agree.
  expect([spreadOf('acme', 'ann'), spreadOf('acme', 'bob'), spreadOf('other', 'ann'), spreadOf('', '')]).toEqual([
    0.7220792076550424, 0.5909674665890634, 0.8899827320128679, 0.5596537010278553,
  ])
})
