import { describe, expect, test } from 'vitest'
import { decide } from '../../src/refresh/records.ts'
import type { Goal } from '../../src/refresh/state.ts'
import type { GrantRecord, StoredStrikes, StoredTokens } from '../../src/tokens/record.ts'
import { AT, FACTS, FRESH, GOAL, NOW, recordOf, snapshotOf, stateOf } from './flight.ts'

const MINUTE = 60_000
const REFUSED = { rejected: 7 }

/** Tokens that took the place of older ones so long ago. */
const renewed = (agoMs: number): StoredTokens => ({ ...FRESH, issuedAt: NOW - agoMs, isRenewal: true })

function answerTo(record: GrantRecord, goal: Partial<Goal> = REFUSED) {
  const decided = decide(stateOf({ goal: { ...GOAL, ...goal } }), snapshotOf(record), AT, FACTS)
  return 'mode' in decided ? { mode: decided.mode, strikes: decided.strikes } : decided.effects[0]
}

const refresh = (strikes: StoredStrikes | undefined) => ({ mode: 'refresh', strikes })
const struck = (count: number, setId = 'set-7', probeAt = 0): StoredStrikes => ({ count, setId, probeAt })
const before = struck(1, 'set-6')

describe('tokens that the API refuses', () => {
  test.each<[string, StoredTokens, StoredStrikes | undefined, StoredStrikes]>([
    ['just after they were renewed are a strike', renewed(0), undefined, struck(1)],
    ['within a minute are a strike', renewed(MINUTE - 1), undefined, struck(1)],
    ['after a minute are none', renewed(MINUTE), undefined, struck(0)],
    ['that are the first of a sign-in are none', { ...renewed(0), isRenewal: undefined }, undefined, struck(0)],
    ['a second time count once', renewed(0), struck(1), struck(1)],
    ['after a minute end the row', renewed(MINUTE), before, struck(0)],
  ])('%s: they are refreshed', (_, tokens, strikes, expected) => {
    expect(answerTo(recordOf({ tokens, strikes }))).toEqual(refresh(expected))
  })

  test('and that are of a set of their own are counted by it', () => {
    const tokens = { ...renewed(0), set: { setId: 'set-3', generation: 3 } }
    expect(answerTo(recordOf({ tokens, strikes: struck(0, 'set-2') }))).toEqual(refresh(struck(1, 'set-3')))
    expect(answerTo(recordOf({ tokens, strikes: struck(1, 'set-3') }))).toEqual(refresh(struck(1, 'set-3')))
  })

  test('as the second renewed ones in a row are not refreshed, which is written down', () => {
    const record = recordOf({ tokens: renewed(0), strikes: before })
    expect(answerTo(record)).toEqual({
      type: 'write',
      expected: 'v1',
      record: { ...record, strikes: struck(2, 'set-7', NOW + MINUTE) },
    })
  })

  test('are counted again once a set of theirs was accepted', () => {
    const record = recordOf({ tokens: renewed(0), strikes: before })
    expect(answerTo(record, { ...REFUSED, accepted: 7 })).toEqual(refresh(struck(0)))
    expect(answerTo(record, { ...REFUSED, accepted: 6 })).toMatchObject({ type: 'write' })
  })
})

describe('after two strikes', () => {
  const after = (probeAt: number, setId = 'set-7') =>
    recordOf({ tokens: renewed(10 * MINUTE), strikes: struck(2, setId, probeAt) })
  const nothing = { type: 'settle', result: { type: 'nothing' } }

  test.each([1, MINUTE])('a refusal renews nothing for %d ms', (leftMs) => {
    expect(answerTo(after(NOW + leftMs))).toEqual(nothing)
    expect(answerTo(after(NOW + leftMs, 'set-6'))).toEqual(nothing)
  })

  test.each([0, MINUTE + 1])('and is tried once where the note says %d ms, which no note does or is over', (leftMs) => {
    expect(answerTo(after(NOW + leftMs))).toEqual(refresh(struck(2, 'set-7', NOW + MINUTE)))
  })

  test('a young set more is a third', () => {
    const record = recordOf({ tokens: renewed(0), strikes: struck(2, 'set-6', NOW + 1) })
    expect(answerTo(record)).toEqual(nothing)
    const later = recordOf({ tokens: renewed(0), strikes: struck(2, 'set-6', NOW) })
    expect(answerTo(later)).toEqual(refresh(struck(3, 'set-7', NOW + MINUTE)))
  })

  test('a set that was accepted ends them', () => {
    expect(answerTo(after(NOW + 1), { ...REFUSED, accepted: 7 })).toEqual(refresh(struck(0)))
  })
})

describe('tokens that expire', () => {
  const expired = (strikes: StoredStrikes) => recordOf({ strikes })

  test('end the row, unless they were counted', () => {
    expect(answerTo(expired(before), {})).toEqual(refresh(undefined))
    expect(answerTo(expired(struck(2)), {})).toEqual(refresh(struck(2)))
    expect(answerTo(expired(struck(2)), { accepted: 7 })).toEqual(refresh(undefined))
  })

  test('are no strike, though they were refused', () => {
    const tokens = { ...renewed(1_000), expiresAt: NOW }
    expect(answerTo(recordOf({ tokens }))).toEqual(refresh(undefined))
  })

  test('that are newer than the refused ones are no strike', () => {
    expect(answerTo(recordOf({ tokens: { ...renewed(1_000), expiresAt: NOW } }), { rejected: 6 })).toEqual(
      refresh(undefined),
    )
  })
})
