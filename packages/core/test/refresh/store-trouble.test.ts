import { describe, expect, test } from 'vitest'
import type { FlightEffect, FlightFact, FlightPolicy, Goal } from '../../src/refresh/state.ts'
import { at, CLAIM, FRESH, flightOf, leaseOf, MONO, NOW, recordOf, snapshotOf } from './flight.ts'

const PATIENCE_MS = 4_000
const RETRY_MS = 200
const READ: FlightEffect = { type: 'read' }
const degraded: FlightEffect = { type: 'degraded', reason: 'refused' }
const down: FlightEffect = { type: 'settle', result: { type: 'store_unavailable', reason: 'refused', isDown: true } }
const pause = (ms: number, timer = 1) => ({ type: 'pause', ms, timer })

const readFailed = (since = MONO): FlightFact => ({ type: 'read_failed', reason: 'refused', since })
const writeUnknown = (since = MONO): FlightFact => ({ type: 'write_unknown', reason: 'refused', since })
const mistake = (fact: FlightFact) => ({ ...fact, isMistake: true }) as FlightFact

function reading(goal: Partial<Goal> = {}, policy: Partial<FlightPolicy> = {}) {
  const flight = flightOf(goal, policy)
  expect(flight.tell({ type: 'start' })).toEqual([READ])
  return flight
}

describe('a store that cannot be read', () => {
  test('is read again after a moment, for four seconds', () => {
    const flight = reading()
    expect(flight.tell(readFailed(), MONO + 10)).toEqual([pause(RETRY_MS)])
    expect(flight.wake('pause', MONO + 210)).toEqual([READ])
    expect(flight.tell(readFailed(MONO + 210), MONO + PATIENCE_MS - RETRY_MS - 1)).toEqual([pause(RETRY_MS, 2)])
    flight.wake('pause')
    expect(flight.tell(readFailed(MONO + 3_000), MONO + PATIENCE_MS - RETRY_MS)).toEqual([degraded, down])
    expect(flight.state()).toMatchObject({ phase: 'done', storeFailingSince: MONO })
  })

  test('once more after it answered is given four seconds again', () => {
    const flight = reading()
    flight.tell(readFailed())
    flight.wake('pause')
    expect(flight.read(recordOf({ claim: { ...CLAIM, owner: 'flight-9:1' } }))).toMatchObject([{}, { type: 'pause' }])
    flight.wake('pause', MONO + 10_000)
    expect(flight.tell(readFailed(MONO + 10_000), MONO + 10_000)).toEqual([pause(RETRY_MS, 3)])
  })

  test('ends a refresh in the background at once', () => {
    expect(reading({ soft: true }).tell(readFailed())).toEqual([degraded, down])
  })

  test('for a reason that only a person can mend ends the flight at once', () => {
    const result = { type: 'store_unavailable', reason: 'refused' }
    expect(reading().tell(mistake(readFailed()))).toEqual([degraded, { type: 'settle', result }])
  })

  test('because of the record itself ends the flight with the reason', () => {
    const result = { type: 'record_unreadable', reason: 'newer' }
    expect(reading().tell({ type: 'record_unreadable', reason: 'newer' })).toEqual([{ type: 'settle', result }])
  })
})

test('a flight that reads waits for the answer, whoever leaves', () => {
  const flight = reading()
  const before = flight.state()
  for (const fact of [{ type: 'left' }, { type: 'write_lost' }, { type: 'woke', timer: 1 }] as const)
    expect(flight.tell(fact)).toEqual([])
  expect(flight.state()).toEqual(before)
})

describe('while a flight waits', () => {
  const waiting = () => {
    const flight = reading()
    flight.tell(readFailed())
    return flight
  }

  test('for its next try, it ends when nobody waits for it', () => {
    expect(waiting().tell({ type: 'left' })).toEqual([{ type: 'settle', result: { type: 'timeout' } }])
  })

  test.each<FlightFact>([{ type: 'woke', timer: 7 }, { type: 'start' }, { type: 'write_lost' }])(
    'nothing comes of %j',
    (fact) => {
      const flight = waiting()
      const before = flight.state()
      expect(flight.tell(fact)).toEqual([])
      expect(flight.state()).toEqual(before)
    },
  )
})

/** A flight that has written its lease, and does not know whether that was applied. */
function uncertain(goal: Partial<Goal> = {}, policy: Partial<FlightPolicy> = {}) {
  const flight = reading(goal, policy)
  flight.read(recordOf())
  expect(flight.state()).toMatchObject({ phase: 'leasing', leaseCount: 1 })
  return flight
}

/** And that has told those who wait that the store is down. */
function answered() {
  const flight = uncertain()
  flight.tell(writeUnknown(), MONO + PATIENCE_MS)
  return flight
}

describe('a lease whose write has no answer', () => {
  const ours = recordOf({ claim: CLAIM })

  test.each([{}, { soft: true }])('is looked for after a moment, for %j too', (goal) => {
    const flight = uncertain(goal)
    expect(flight.tell(writeUnknown())).toEqual([pause(RETRY_MS)])
    expect(flight.state().lease).toEqual(leaseOf({ isUncertain: true }))
    expect(flight.wake('pause')).toEqual([READ])
  })

  test('and is there, is used', () => {
    const flight = uncertain()
    flight.tell(writeUnknown())
    flight.wake('pause')
    const read = flight.read(ours, 'v2')
    expect(read.map(({ type }) => type)).toEqual(['remember', 'request', 'pause'])
    expect(flight.state()).toMatchObject({
      phase: 'requesting',
      lease: { isUncertain: false, snapshot: { version: 'v2', record: ours } },
    })
  })

  test('and is not there, is taken once more', () => {
    const flight = uncertain()
    flight.tell(writeUnknown())
    flight.wake('pause')
    expect(flight.read(recordOf())).toMatchObject([{ type: 'remember' }, { type: 'write', expected: 'v1' }])
    expect(flight.state()).toMatchObject({ lease: { id: 'flight-1:2', isUncertain: false }, storeFailingSince: MONO })
  })

  test('and whose record is gone, is given up', () => {
    const flight = uncertain()
    flight.tell(writeUnknown())
    flight.wake('pause')
    expect(flight.read(undefined).at(-1)).toEqual({ type: 'settle', result: { type: 'not_signed_in' } })
  })

  test('is looked for although the store cannot be read either', () => {
    const flight = uncertain()
    flight.tell(writeUnknown())
    flight.wake('pause')
    flight.tell(readFailed())
    expect(flight.state().lease).toMatchObject({ isUncertain: true })
  })

  test('is looked for each second once those who wait were told that the store is down', () => {
    const flight = uncertain()
    const result = { type: 'store_unavailable', reason: 'refused', isDown: true }
    expect(flight.tell(writeUnknown(), MONO + PATIENCE_MS)).toEqual([
      degraded,
      { type: 'answer', result },
      pause(1_000),
    ])
    flight.wake('pause')
    expect(flight.tell(readFailed(), MONO + 6_000)).toEqual([pause(1_000, 2)])
    flight.wake('pause')
    const unchanged = at(snapshotOf(recordOf()), MONO + 7_000)
    expect(flight.read(recordOf(), 'v1', MONO + 7_000)).toEqual([
      { type: 'remember', snapshot: unchanged, own: false },
      pause(1_000, 3),
    ])
    flight.wake('pause')
    expect(flight.read(ours, 'v2', MONO + 8_000)).toMatchObject([{}, { type: 'request' }, {}])
  })

  test('is not looked for once another write took its place', () => {
    const flight = answered()
    flight.wake('pause')
    expect(flight.read(recordOf(), 'v5')).toMatchObject([{}, { type: 'settle', result: { type: 'timeout' } }])
  })

  test.each([
    [MONO + 15_000, 'pause'],
    [MONO + 15_001, 'settle'],
  ])('is looked for until it would have run out: at %d', (mono, type) => {
    const unreadable = answered()
    unreadable.wake('pause')
    expect(unreadable.tell(readFailed(), mono)).toMatchObject([{ type }])
    const absent = answered()
    absent.wake('pause')
    expect(absent.read(recordOf(), 'v1', mono)).toMatchObject([{}, { type }])
  })

  test('that would have run out is given up at once', () => {
    expect(uncertain().tell(writeUnknown(), MONO + 15_001)).toEqual([degraded, down])
  })

  test.each([
    [PATIENCE_MS - 1, 'pause'],
    [PATIENCE_MS, 'settle'],
  ])('is looked for, by a program that ends, for four seconds: %d', (afterMs, type) => {
    const flight = answered()
    expect(flight.tell({ type: 'closing' })).toEqual([])
    flight.wake('pause')
    expect(flight.tell(readFailed(), MONO + afterMs).at(-1)).toMatchObject({ type })
  })

  test('for a reason that only a person can mend ends the flight', () => {
    const result = { type: 'store_unavailable', reason: 'refused' }
    expect(uncertain().tell(mistake(writeUnknown()))).toEqual([degraded, { type: 'settle', result }])
  })
})

describe('a write that another one came before', () => {
  const lose = (flight: ReturnType<typeof reading>, mono = MONO) => flight.tell({ type: 'write_lost' }, mono)
  const lostOnce = (goal: Partial<Goal> = {}) => {
    const flight = uncertain(goal)
    expect(lose(flight)).toEqual([READ])
    flight.read(recordOf())
    return flight
  }
  const lost = { type: 'store_unavailable', reason: 'every write of this process is lost' }

  test('is made anew at once, then after pauses', () => {
    const flight = lostOnce()
    expect(flight.state()).toMatchObject({ phase: 'leasing', losses: 1 })
    expect(lose(flight)).toEqual([pause(18.75)])
    expect(flight.state()).toMatchObject({ phase: 'pausing', losses: 2, lease: undefined })
  })

  test('ends a refresh in the background the second time', () => {
    expect(lose(lostOnce({ soft: true }))).toEqual([{ type: 'settle', result: lost }])
  })

  test('is made anew for as long as callers wait', () => {
    expect(lose(lostOnce(), MONO + 30_000)).toEqual([pause(18.75)])
    expect(lose(lostOnce(), MONO + 30_001)).toEqual([{ type: 'settle', result: lost }])
  })

  test('is forgotten with the next one that lands', () => {
    const flight = lostOnce()
    flight.tell({ type: 'written', version: 'v2' })
    expect(flight.state().losses).toBe(0)
  })
})

describe('a note of two strikes', () => {
  const struck = () => {
    const flight = reading({ rejected: 7 })
    const strikes = { count: 1, setId: 'set-6', probeAt: 0 }
    flight.read(recordOf({ tokens: { ...FRESH, issuedAt: NOW, isRenewal: true }, strikes }))
    expect(flight.state()).toMatchObject({ phase: 'noting', isRestoring: false })
    return flight
  }

  test('ends the flight when it is written', () => {
    const flight = struck()
    const { pending } = flight.state()
    expect(pending).toMatchObject({ now: NOW, mono: MONO, record: { strikes: { count: 2, probeAt: NOW + 60_000 } } })
    expect(flight.tell({ type: 'written', version: 'v2' })).toEqual([
      { type: 'remember', snapshot: { ...pending, version: 'v2' }, own: true },
      { type: 'settle', result: { type: 'nothing' } },
    ])
  })

  test('that is lost, or has no answer, is looked at anew', () => {
    expect(struck().tell({ type: 'write_lost' })).toEqual([READ])
    expect(struck().tell(writeUnknown())).toEqual([pause(50)])
  })

  test('waits for nothing else', () => {
    expect(struck().tell({ type: 'left' })).toEqual([])
  })
})

describe('a store that went back to an older record', () => {
  const newest = recordOf({ generation: 9, setId: 'set-9', tokens: FRESH })

  test('gets the newer one back, and then the flight goes on', () => {
    const flight = reading()
    const record = { ...newest, restored: true }
    const read = snapshotOf(recordOf())
    expect(flight.read(recordOf(), 'v1', MONO, { newest })).toEqual([
      { type: 'remember', snapshot: read, own: false },
      { type: 'write', expected: 'v1', record },
    ])
    const snapshot = { ...read, record, version: 'v2' }
    expect(flight.tell({ type: 'written', version: 'v2' })).toEqual([
      { type: 'remember', snapshot, own: true },
      { type: 'went_back', generation: 9 },
      READ,
    ])
    expect(flight.state()).toMatchObject({ phase: 'reading', losses: 0, pending: { record } })
    expect(flight.read(record, 'v2')).toMatchObject([{}, { type: 'settle', result: { type: 'tokens' } }])
    expect(flight.state().isRestoring).toBe(false)
  })

  test('counts lost writes anew', () => {
    const flight = reading()
    flight.read(recordOf(), 'v1', MONO, { newest })
    flight.tell({ type: 'write_lost' })
    flight.read(recordOf(), 'v2', MONO, { newest })
    expect(flight.state()).toMatchObject({ losses: 1, isRestoring: true })
    flight.tell({ type: 'written', version: 'v3' })
    expect(flight.state().losses).toBe(0)
  })
})

test('a flight that has ended does nothing any more', () => {
  const flight = reading()
  flight.read(recordOf({ tokens: FRESH }))
  const before = flight.state()
  expect(before).toMatchObject({ phase: 'done', lease: undefined, pending: undefined })
  for (const fact of [{ type: 'left' }, { type: 'write_lost' }, { type: 'start' }] as const)
    expect(flight.tell(fact)).toEqual([])
  expect(flight.state()).toEqual(before)
})

test('a program that ends is noted, whatever the flight does', () => {
  const flight = reading()
  expect(flight.tell({ type: 'closing' })).toEqual([])
  expect(flight.state()).toMatchObject({ phase: 'reading', isClosing: true })
  expect(flight.read(recordOf({ tokens: FRESH }))).toMatchObject([{}, { type: 'settle' }])
})
