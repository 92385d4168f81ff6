import { describe, expect, test } from 'vitest'
import { decide } from '../../src/refresh/records.ts'
import type { Seen } from '../../src/refresh/state.ts'
import type { StoredClaim } from '../../src/tokens/record.ts'
import { AT, EXPIRED, FACTS, GOAL, MONO, NOW, OTHERS, recordOf, SOON, snapshotOf, stateOf } from './flight.ts'

const LEASE_MS = 15_000
const TAKEOVER_MS = 1_000

const held = (leftMs: number, change: Partial<StoredClaim> = {}) =>
  recordOf({ claim: { ...OTHERS, until: NOW + leftMs, ...change } })
const idOf = (leftMs: number) => `flight-9:1/1/${NOW + leftMs}`
const storeAheadMs = NOW - MONO
const CHANGE = { version: 'v1' }

type Change = Parameters<typeof stateOf>[0] & { readonly seen?: Seen; readonly random?: number }

const decided = (record = held(10_000), { seen = {}, random = 0.5, ...change }: Change = {}) =>
  decide(stateOf({ ...change, seen }), snapshotOf(record), { ...AT, random }, FACTS)

/** What a flight does that began so long ago, and looks again after `ms`. */
const waiting = (ms: number, leftMs: number, until: number, waitedMs = 0) => ({
  state: {
    ...stateOf({ startedAt: MONO - waitedMs }),
    phase: 'pausing',
    timers: { next: 2, pause: 1 },
    seen: { storeAheadMs, lease: { id: idOf(leftMs), until } },
  },
  effects: [{ type: 'pause', ms, timer: 1, change: CHANGE }],
})

describe('a lease of another flight that runs', () => {
  test('is waited for, until the record changes or for a moment', () => {
    expect(decided()).toEqual(waiting(25, 10_000, MONO + 10_000 + TAKEOVER_MS))
  })

  test.each<[string, number, number, number, number]>([
    ['the same at first', 38, 10_000, 0.5, 25],
    ['then a share of the time that has passed', 40, 10_000, 0.5, 26],
    ['less by chance', 200, 10_000, 0, 97.5],
    ['more by chance', 200, 10_000, 0.999, 162.435],
    ['less than the first by chance', 0, 10_000, 0, 18.75],
    ['at most as long as a holder is silent', 10_000, 10_000, 0, 4_875],
    ['no longer by chance', 10_000, 10_000, 0.999, 5_000],
    ['no longer than until it may be taken over', 10_000, 20, 0.5, 20 + TAKEOVER_MS],
  ])('and the moment is %s', (_, waitedMs, leftMs, random, ms) => {
    const until = MONO + leftMs + TAKEOVER_MS
    const step = decided(held(leftMs), { random, startedAt: MONO - waitedMs })
    expect(step).toEqual(waiting(expect.closeTo(ms), leftMs, until, waitedMs))
  })

  test('is waited for as long as callers wait', () => {
    expect(decided(held(10_000), { startedAt: MONO - 30_000 })).toMatchObject({ effects: [{ type: 'pause' }] })
    const late = decided(held(10_000), { startedAt: MONO - 30_001 })
    expect(late).toMatchObject({ state: { phase: 'done' }, effects: [{ type: 'settle', result: { type: 'timeout' } }] })
  })

  test('is not waited for in the background', () => {
    const goal = { ...GOAL, soft: true }
    const settled = (record = held(10_000)) => decided(record, { goal })
    expect(settled()).toMatchObject({ effects: [{ type: 'settle', result: { type: 'timeout' } }] })
    const soon = recordOf({ claim: OTHERS, tokens: SOON })
    expect(settled(soon)).toMatchObject({ effects: [{ type: 'settle', result: { type: 'tokens' } }] })
  })

  test('as long as one may be is waited for like any', () => {
    expect(decided(held(LEASE_MS))).toMatchObject({ effects: [{ ms: 25, change: CHANGE }] })
  })
})

describe('a lease of another flight that has run out', () => {
  test.each<[string, number, number, number]>([
    ['when first seen, is watched for a second more', 0, 0, 25],
    ['long ago, too', -100_000, 0, 25],
    ['is looked at less often with time', 0, 400, 260],
    ['is watched no longer', 0, 10_000, 1_000],
  ])('%s', (_, leftMs, waitedMs, ms) => {
    const step = decided(held(leftMs), { startedAt: MONO - waitedMs })
    expect(step).toEqual(waiting(ms, leftMs, MONO + TAKEOVER_MS, waitedMs))
  })

  test('and is watched already, is watched for the rest', () => {
    const seen: Seen = { lease: { id: idOf(-5), until: MONO + 1 } }
    expect(decided(held(-5), { seen })).toEqual(waiting(1, -5, MONO + 1))
  })

  test.each([0, LEASE_MS + 1])('or is longer than any, is watched whoever waits: %d', (leftMs) => {
    const late = { goal: { ...GOAL, soft: true }, startedAt: MONO - 30_001 }
    expect(decided(held(leftMs), late)).toMatchObject({
      state: { phase: 'pausing' },
      effects: [{ type: 'pause', change: CHANGE }],
    })
  })

  test.each([
    ['to the end', MONO],
    ['and longer', MONO - 1],
  ])('and was watched %s is taken over', (_, until) => {
    expect(decided(held(-5), { seen: { lease: { id: idOf(-5), until } } })).toMatchObject({ mode: 'refresh' })
  })

  test('is watched anew once it has changed in anything', () => {
    const seen: Seen = { lease: { id: idOf(-5), until: MONO } }
    for (const change of [{ owner: 'flight-8:1' }, { attempt: 2 }, { until: NOW - 4 }])
      expect(decided(held(-5, change), { seen })).toMatchObject({
        state: { phase: 'pausing', seen: { lease: { until: MONO + TAKEOVER_MS } } },
        effects: [{ type: 'pause', ms: 25, timer: 1, change: CHANGE }],
      })
  })

  test('is watched for at most its length and a second, whatever the record says', () => {
    const { seen } = stateAfter(held(1_000_000))
    expect(seen.lease).toEqual({ id: idOf(1_000_000), until: MONO + LEASE_MS + TAKEOVER_MS })
  })
})

/** The state of a flight that has seen this record. */
function stateAfter(record = held(10_000), seen: Seen = {}) {
  const step = decided(record, { seen })
  if (!('effects' in step)) throw new Error('the flight took the lease')
  return step.state
}

describe('a clock of the store that jumped since an earlier read', () => {
  const before = (jumpMs: number): Seen => ({ storeAheadMs: storeAheadMs - jumpMs })
  const untilAfter = (leftMs: number, jumpMs: number) => stateAfter(held(leftMs), before(jumpMs)).seen.lease?.until

  test.each([
    ['a lease that seems to have run out for it runs on', -2_000, 5_000, 3_000],
    ['a lease that ran out before it is over', -8_000, 5_000, 0],
    ['by a second is no jump', -500, 1_000, 0],
    ['by more than a second is one', -500, 1_001, 501],
    ['backwards adds nothing', 400, -5_000, 400],
  ])('%s', (_, leftMs, jumpMs, expected) => {
    expect(untilAfter(leftMs, jumpMs)).toBe(MONO + expected + TAKEOVER_MS)
  })

  test('is told by the first read of all', () => {
    expect(stateAfter(held(10_000)).seen.storeAheadMs).toBe(storeAheadMs)
    expect(stateAfter(held(10_000), before(2_000)).seen.storeAheadMs).toBe(storeAheadMs - 2_000)
  })
})

describe('no lease is waited for that', () => {
  const decidedOf = (claim: StoredClaim, isLeftOver = false) =>
    decide(stateOf(), snapshotOf(recordOf({ claim, tokens: EXPIRED })), AT, { ...FACTS, isLeftOver })

  test.each([
    ['was given back', { ...OTHERS, until: 0 }, false],
    ['is of this flight, which has sent nothing under it', { ...OTHERS, owner: 'flight-1:3' }, false],
    ['a flight of this process left behind', OTHERS, true],
  ])('%s', (_, claim, isLeftOver) => {
    expect(decidedOf(claim, isLeftOver)).toMatchObject({ mode: 'refresh' })
  })

  test('but one is whose id only begins alike', () => {
    expect(decidedOf({ ...OTHERS, owner: 'flight-12:1' })).toMatchObject({ state: { phase: 'pausing' } })
  })
})
