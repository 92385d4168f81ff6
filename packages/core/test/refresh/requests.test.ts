import { describe, expect, test } from 'vitest'
import { afterSuccess } from '../../src/refresh/records.ts'
import type { FlightEffect, FlightFact } from '../../src/refresh/state.ts'
import { emptyRecord } from '../../src/tokens/record.ts'
import {
  CLAIM,
  flightOf,
  KEY,
  leaseOf,
  MONO,
  NOW,
  OBTAINED,
  OTHERS,
  recordOf,
  snapshotOf,
  UNAVAILABLE,
} from './flight.ts'

const READ: FlightEffect = { type: 'read' }
const REFRESH: FlightEffect = { type: 'request', mode: 'refresh', refreshToken: 'refresh-7' }
const EXTEND_MS = 5_000
const GRACE_MS = 2_000
const LEASED = recordOf({ claim: CLAIM })
const pause = (ms: number, timer: number) => ({ type: 'pause', ms, timer })
const written = (version: string): FlightFact => ({ type: 'written', version })
const answered = (outcome: typeof OBTAINED | typeof UNAVAILABLE = OBTAINED): FlightFact => ({
  type: 'answered',
  outcome,
  server: 'https://login.acme.example',
})

/** A flight whose lease is about to be written over this record. */
function leasing(record = recordOf()) {
  const flight = flightOf()
  flight.tell({ type: 'start' })
  flight.read(record)
  return flight
}

/** A flight that has sent its token request. */
function requesting() {
  const flight = leasing()
  flight.tell(written('v2'))
  return flight
}

describe('a refresh', () => {
  test('takes the lease, asks, and stores the answer', () => {
    const flight = flightOf()
    flight.tell({ type: 'start' })
    expect(flight.state()).toMatchObject({ phase: 'reading', startedAt: MONO })
    expect(flight.read(recordOf())).toEqual([
      { type: 'remember', snapshot: snapshotOf(recordOf()), own: false },
      { type: 'write', expected: 'v1', record: LEASED },
    ])
    expect(flight.state()).toMatchObject({ phase: 'leasing', leaseCount: 1, lease: leaseOf() })
    expect(flight.tell(written('v2'))).toEqual([REFRESH, pause(EXTEND_MS, 1)])
    expect(flight.state()).toMatchObject({
      phase: 'requesting',
      extending: 'idle',
      lease: { snapshot: { ...snapshotOf(LEASED), version: 'v2' } },
    })
    const record = afterSuccess(LEASED, leaseOf(), OBTAINED.tokens)
    expect(flight.tell(answered(), MONO + 700)).toEqual([pause(GRACE_MS, 2), { type: 'write', expected: 'v2', record }])
    const snapshot = { record, version: 'v3', now: NOW + 700, mono: MONO + 700 }
    const request = { mode: 'refresh', generation: 8, durationMs: 900, server: 'https://login.acme.example' }
    expect(flight.tell(written('v3'), MONO + 900)).toEqual([
      { type: 'remember', snapshot, own: true },
      { type: 'obtained', request },
      { type: 'settle', result: { type: 'tokens', snapshot } },
    ])
    expect(flight.state()).toMatchObject({ phase: 'done', leaseCount: 1 })
  })

  test('in a program that signs in itself begins with no record at all', () => {
    const flight = flightOf({}, { canAcquire: true })
    flight.tell({ type: 'start' })
    flight.read(undefined)
    const { pending } = flight.state()
    expect(pending?.record).toEqual({ ...emptyRecord(KEY), claim: { ...CLAIM, base: 'issue' } })
    expect(flight.tell(written('v1'))).toEqual([{ type: 'request', mode: 'acquire' }, pause(EXTEND_MS, 1)])
  })

  test('writes the strikes that it leaves', () => {
    const strikes = { count: 2, setId: 'set-7', probeAt: 0 }
    expect(leasing(recordOf({ strikes })).state().pending?.record).toEqual({ ...LEASED, strikes })
    expect(leasing(recordOf({ strikes: { ...strikes, setId: 'set-6' } })).state().pending?.record).toEqual(LEASED)
  })

  test('waits for its lease to be written', () => {
    const flight = leasing()
    const before = flight.state()
    for (const fact of [{ type: 'left' }, { type: 'start' }] as const) expect(flight.tell(fact)).toEqual([])
    expect(flight.state()).toEqual(before)
  })
})

describe('a refresh token that may have been sent before', () => {
  const doubted = recordOf({ claim: { ...OTHERS, until: 0 } })
  const looking = () => {
    const flight = leasing(doubted)
    expect(flight.tell(written('v2'))).toEqual([READ])
    expect(flight.state()).toMatchObject({ phase: 'reading', lease: { attempt: 2 } })
    return flight
  }
  const leased = recordOf({ claim: { ...CLAIM, attempt: 2 } })

  test('is sent only after one more look', () => {
    expect(looking().read(leased, 'v2')).toEqual([REFRESH, pause(EXTEND_MS, 1)])
  })

  test('is not sent where its outcome was stored meanwhile', () => {
    const flight = looking()
    const tokens = { accessToken: 'a', tokenType: 'Bearer', issuedAt: NOW, refreshToken: 'refresh-8' }
    expect(flight.read(recordOf({ setId: 'set-8', generation: 8, tokens }), 'v3')).toMatchObject([
      { type: 'remember', own: false },
      { type: 'settle', result: { type: 'tokens' } },
    ])
  })

  test('is not sent where the look fails: the lease is given up', () => {
    const flight = looking()
    expect(flight.tell({ type: 'read_failed', since: MONO })).toEqual([pause(200, 1)])
    expect(flight.state().lease).toBeUndefined()
  })

  test('is not sent two seconds before the lease ends, or later', () => {
    expect(looking().read(leased, 'v2', MONO + 13_000)).toMatchObject([REFRESH, {}])
    const late = looking()
    expect(late.read(leased, 'v2', MONO + 13_001)).toEqual([READ])
    expect(late.state()).toMatchObject({ phase: 'reading', lease: undefined })
  })
})

test('a process that stopped past its own lease sends nothing', () => {
  const flight = leasing()
  expect(flight.tell(written('v2'), MONO + 13_001)).toEqual([READ])
  expect(flight.state().lease).toBeUndefined()
})

describe('while the token endpoint works, the lease', () => {
  const extended = (mono: number) => recordOf({ claim: { ...CLAIM, until: NOW + mono - MONO + 15_000 } })

  test('is extended every five seconds', () => {
    const flight = requesting()
    const record = extended(MONO + 5_000)
    expect(flight.wake('extend', MONO + 5_000)).toEqual([{ type: 'write', expected: 'v2', record }])
    expect(flight.state()).toMatchObject({ phase: 'requesting', extending: 'writing' })
    expect(flight.tell(written('v3'), MONO + 5_100)).toEqual([pause(EXTEND_MS, 2)])
    const snapshot = { record, version: 'v3', now: NOW + 5_000, mono: MONO + 5_000 }
    expect(flight.state()).toMatchObject({ extending: 'idle', lease: { snapshot } })
    expect(flight.tell({ type: 'woke', timer: 1 }, MONO + 10_100)).toEqual([])
    expect(flight.tell({ type: 'woke', timer: 2 }, MONO + 10_100)).toMatchObject([
      { expected: 'v3', record: extended(MONO + 10_100) },
    ])
  })

  test('is extended by its newest timer only', () => {
    const flight = requesting()
    const before = flight.state()
    expect(flight.tell({ type: 'woke', timer: 9 })).toEqual([])
    expect(flight.wake('grace')).toEqual([])
    expect(flight.tell({ type: 'left' })).toEqual([])
    expect(flight.state()).toEqual(before)
  })

  test('is extended again after a write of unknown outcome', () => {
    const flight = requesting()
    flight.wake('extend')
    expect(flight.tell({ type: 'write_unknown', since: MONO })).toEqual([pause(EXTEND_MS, 2)])
    expect(flight.state()).toMatchObject({ extending: 'idle', lease: { snapshot: { version: 'v2' } } })
  })

  const conflicting = () => {
    const flight = requesting()
    flight.wake('extend')
    expect(flight.tell({ type: 'write_lost' })).toEqual([READ])
    expect(flight.state()).toMatchObject({ phase: 'requesting', extending: 'reading', lease: { snapshot: undefined } })
    return flight
  }

  test('that was extended after all is extended on', () => {
    const flight = conflicting()
    expect(flight.read(extended(MONO + 100), 'v3')).toEqual([pause(EXTEND_MS, 2)])
    expect(flight.state()).toMatchObject({ extending: 'idle', lease: { snapshot: { version: 'v3' } } })
    expect(flight.wake('extend')).toMatchObject([{ type: 'write', expected: 'v3' }])
  })

  test.each([
    ['that another took is', recordOf({ claim: OTHERS })],
    ['whose record is gone is', undefined],
    ['that was given up is', recordOf()],
  ])('%s not extended any more', (_, record) => {
    const flight = conflicting()
    expect(flight.read(record, 'v3')).toEqual([])
    expect(flight.state()).toMatchObject({ extending: 'stopped', lease: { snapshot: { record } } })
    expect(flight.read(LEASED, 'v4')).toEqual([])
    expect(flight.state().extending).toBe('stopped')
  })

  test.each<FlightFact>([
    { type: 'read_failed', since: MONO },
    { type: 'record_unreadable' },
    { type: 'write_unknown', since: MONO },
  ])('is not extended without knowing the version that is stored: %j', (fact) => {
    const flight = conflicting()
    expect(flight.tell(fact)).toEqual([pause(EXTEND_MS, 2)])
    expect(flight.state()).toMatchObject({ extending: 'idle', lease: { snapshot: undefined } })
    expect(flight.wake('extend')).toEqual([])
    // The answer is stored over what is there then.
    expect(flight.tell(answered())).toEqual([pause(GRACE_MS, 3), READ])
    expect(flight.state().phase).toBe('committing')
  })

  test('is waited for by nothing else while it is extended', () => {
    const flight = requesting()
    flight.wake('extend')
    expect(flight.tell({ type: 'woke', timer: 99 })).toEqual([])
    expect(flight.tell({ type: 'left' })).toEqual([])
    expect(flight.state().extending).toBe('writing')
  })
})

describe('an answer that comes while the lease is extended', () => {
  const extending = () => {
    const flight = requesting()
    flight.wake('extend', MONO + 5_000)
    return flight
  }

  test('is stored after that, over the new version', () => {
    const flight = extending()
    expect(flight.tell(answered(), MONO + 5_010)).toEqual([pause(GRACE_MS, 2)])
    expect(flight.state()).toMatchObject({ phase: 'requesting', extending: 'writing' })
    expect(flight.tell({ type: 'woke', timer: 99 })).toEqual([])
    expect(flight.wake('extend')).toEqual([])
    expect(flight.tell(written('v3'), MONO + 5_020)).toMatchObject([{ type: 'write', expected: 'v3' }])
    expect(flight.state()).toMatchObject({ phase: 'committing', extending: 'idle' })
  })

  test('and is a failure is stored after that, too', () => {
    const flight = extending()
    expect(flight.tell(answered(UNAVAILABLE), MONO + 5_010)).toEqual([])
    expect(flight.tell(written('v3'), MONO + 5_020)).toMatchObject([
      { type: 'write', expected: 'v3', record: { failure: { count: 1 } } },
    ])
  })

  test('that was lost is stored over what is read then', () => {
    const flight = extending()
    flight.tell(answered())
    expect(flight.tell({ type: 'write_lost' })).toEqual([READ])
    expect(flight.state()).toMatchObject({ phase: 'committing', extending: 'idle' })
  })

  test('is handed out after two seconds, however long that takes', () => {
    const flight = extending()
    flight.tell(answered())
    const record = afterSuccess(LEASED, leaseOf(), OBTAINED.tokens)
    expect(flight.wake('grace')).toEqual([{ type: 'deliver', snapshot: { record, now: NOW, mono: MONO } }])
    expect(flight.state()).toMatchObject({ phase: 'requesting', lease: { wasDelivered: true } })
    expect(flight.wake('grace')).toEqual([])
  })

  test('ends the extending', () => {
    const flight = requesting()
    flight.tell(answered())
    expect(flight.wake('extend')).toEqual([])
  })
})
