import { describe, expect, test } from 'vitest'
import { afterRefusal, afterRotation, afterSuccess } from '../../src/refresh/records.ts'
import type { FlightEffect, FlightFact, FlightPolicy } from '../../src/refresh/state.ts'
import type { Failed, Obtained } from '../../src/tokens/grant.ts'
import { emptyRecord, type GrantRecord } from '../../src/tokens/record.ts'
import { CLAIM, flightOf, KEY, leaseOf, MONO, NOW, OBTAINED, OTHERS, recordOf, UNAVAILABLE } from './flight.ts'

const READ: FlightEffect = { type: 'read' }
const LEASED = recordOf({ claim: CLAIM })
const STORED = afterSuccess(LEASED, leaseOf(), OBTAINED.tokens)
const ACCESS_ONLY: Obtained = { type: 'obtained', tokens: { accessToken: 'access-8', tokenType: 'Bearer' } }
const ROTATED: Failed = { ...UNAVAILABLE, rotated: { refreshToken: 'refresh-8' } }
const written = (version: string): FlightFact => ({ type: 'written', version })
const lost: FlightFact = { type: 'write_lost' }
const unknown = (since = MONO): FlightFact => ({ type: 'write_unknown', since })
const wrote = (record: GrantRecord, expected = 'v5') => [{ type: 'write', expected, record }]

/** A flight that stores this answer, whose first write is under way. */
function storing(outcome: Obtained | Failed = OBTAINED, policy: Partial<FlightPolicy> = {}, record = recordOf()) {
  const flight = flightOf({}, policy)
  flight.tell({ type: 'start' })
  flight.read(record)
  flight.tell(written('v2'))
  if (flight.state().phase === 'reading') flight.read(flight.state().lease?.snapshot?.record, 'v2')
  flight.tell({ type: 'answered', outcome })
  expect(flight.state().phase).toBe('committing')
  return flight
}

/** The same, after a write that another one came before. */
function storingAnew(...args: Parameters<typeof storing>) {
  const flight = storing(...args)
  expect(flight.tell(lost)).toEqual([READ])
  expect(flight.state()).toMatchObject({ phase: 'committing', losses: 1 })
  return flight
}

describe('new tokens', () => {
  test.each<[string, GrantRecord]>([
    ['the set that was refreshed', recordOf()],
    ['that set under a lease of another', recordOf({ claim: OTHERS })],
    ['an older record: the store went back', recordOf({ generation: 3, setId: 'set-3' })],
  ])('are written over %s', (_, record) => {
    expect(storingAnew().read(record, 'v5')).toEqual(wrote(afterSuccess(record, leaseOf(), OBTAINED.tokens)))
  })

  test('are written where the record has vanished', () => {
    for (const outcome of [OBTAINED, ACCESS_ONLY]) {
      const record = afterSuccess(emptyRecord(KEY), leaseOf(), outcome.tokens)
      expect(storingAnew(outcome).read(undefined)).toEqual([{ type: 'write', expected: undefined, record }])
    }
  })

  test.each<[string, GrantRecord]>([
    ['another set of as many generations', recordOf({ setId: 'set-8' })],
    ['a newer set', recordOf({ setId: 'set-8', generation: 8 })],
    [
      'a set of the same refresh token and attempt',
      recordOf({ setId: 'set-8', generation: 8, parent: { setId: 'set-7', attempt: 1 } }),
    ],
  ])('are dropped for %s, which is looked at', (_, record) => {
    const flight = storingAnew()
    expect(flight.read(record, 'v5')).toEqual([READ])
    expect(flight.state()).toMatchObject({
      phase: 'reading',
      lease: undefined,
      outcome: undefined,
      pending: undefined,
      losses: 0,
      storeFailingSince: undefined,
    })
  })

  const signedOut = recordOf({ setId: 'out', generation: 8, tokens: undefined, signedOut: true })
  test.each<[string, GrantRecord]>([
    ['a sign-out', signedOut],
    ['one of an older generation', { ...signedOut, generation: 3 }],
  ])('are revoked after %s', (_, record) => {
    expect(storingAnew().read(record, 'v5')).toEqual([
      { type: 'revoke', tokens: OBTAINED.tokens },
      { type: 'settle', result: { type: 'signed_out' } },
    ])
  })

  test.each([{ writtenBy: 'flight-1:1' }, { setId: 'flight-1:1' }])('are stored where the record says %j', (mark) => {
    const record = { ...STORED, writtenBy: 'x', setId: 'x', ...mark }
    const flight = storingAnew()
    const snapshot = { record, version: 'v5', now: NOW + 50, mono: MONO + 50 }
    expect(flight.read(record, 'v5', MONO + 50)).toEqual([
      { type: 'remember', snapshot, own: true },
      { type: 'obtained', request: { mode: 'refresh', generation: 8, durationMs: 50, server: undefined } },
      { type: 'settle', result: { type: 'tokens', snapshot } },
    ])
  })

  describe('of a second attempt with a refresh token', () => {
    const second = () => storingAnew(OBTAINED, {}, recordOf({ claim: { ...OTHERS, until: 0 } }))
    const sibling = (attempt: number, setId = 'set-7') =>
      recordOf({ setId: 'set-8', generation: 8, parent: { setId, attempt } })

    test('take the place of what the first one gave', () => {
      const record = afterSuccess(sibling(1), leaseOf({ attempt: 2 }), OBTAINED.tokens)
      expect(second().read(sibling(1), 'v5')).toEqual(wrote(record))
    })

    test('and of nothing else', () => {
      expect(second().read(sibling(2), 'v5')).toEqual([READ])
      expect(second().read(sibling(1, 'set-6'), 'v5')).toEqual([READ])
    })
  })

  test('of a sign-in of the program take no other set’s place', () => {
    const flight = storingAnew(ACCESS_ONLY, { canAcquire: true, canRefresh: false })
    expect(
      flight.read(recordOf({ setId: 'set-8', generation: 8, parent: { setId: 'set-7', attempt: 0 } }), 'v5'),
    ).toEqual([READ])
  })
})

describe('a failure', () => {
  const REASON = { type: 'token_unavailable', retryInMs: 5_000, status: 500, reason: 'status 500' }
  const failing: Failed = { ...UNAVAILABLE, retryAfterMs: 5_000 }
  const failed = afterRefusal(LEASED, leaseOf(), failing, NOW, 0.5)

  test('is stored, told, and answered', () => {
    const flight = storing(failing)
    const snapshot = { record: failed, version: 'v3', now: NOW, mono: MONO }
    const request = { mode: 'refresh', generation: 7, durationMs: 0, server: undefined }
    expect(flight.state().pending).toEqual({ record: failed, now: NOW, mono: MONO })
    expect(flight.tell(written('v3'))).toEqual([
      { type: 'remember', snapshot, own: true },
      { type: 'failed', failure: failing, request },
      { type: 'settle', result: REASON },
    ])
  })

  test('that passes soon is tried again, under a lease of its own', () => {
    const flight = storing(UNAVAILABLE)
    expect(flight.tell(written('v3'))).toMatchObject([{}, {}, { type: 'pause', ms: 250 }])
    expect(flight.state()).toMatchObject({ phase: 'pausing', lease: undefined, outcome: undefined, losses: 0 })
  })

  test('of a rejected client is that of these secrets', () => {
    const flight = storing({ type: 'failed', kind: 'client_rejected', sent: true, oauthError: 'invalid_client' })
    const result = { type: 'client_rejected', rejection: { oauthError: 'invalid_client' } }
    expect(flight.tell(written('v3')).at(-1)).toMatchObject({ type: 'settle', result })
    const other = storing(failing, {}, recordOf({ rejection: { count: 1, until: NOW + 60_000, by: 'ab', salt: 's' } }))
    expect(other.tell(written('v3')).at(-1)).toMatchObject({ type: 'settle', result: { type: 'token_unavailable' } })
  })

  test('is written over its own lease again', () => {
    const record = afterRefusal(LEASED, leaseOf(), failing, NOW, 0.5)
    expect(storingAnew(failing).read(LEASED, 'v5')).toEqual(wrote(record))
  })

  test.each<[string, GrantRecord | undefined]>([
    ['the lease of another', recordOf({ claim: OTHERS })],
    ['a record without one', recordOf()],
    ['another set', { ...LEASED, setId: 'set-8' }],
    ['no record', undefined],
  ])('says nothing about %s', (_, record) => {
    const flight = storingAnew(failing)
    expect(flight.read(record, 'v5')).toEqual([READ])
    expect(flight.state()).toMatchObject({ phase: 'reading', lease: undefined })
  })
})

describe('the new refresh token of an answer that cannot be used otherwise', () => {
  const kept = afterRotation(LEASED, leaseOf(), { ...ROTATED, rotated: { refreshToken: 'refresh-8' } }, NOW, 0.5)

  test('is stored with the failure', () => {
    const flight = storing(ROTATED)
    expect(flight.state().pending?.record).toEqual(kept)
    expect(flight.tell(written('v3'))).toMatchObject([
      { type: 'remember', own: true },
      { type: 'failed', failure: ROTATED, request: { generation: 7 } },
      { type: 'pause', ms: 250 },
    ])
  })

  test('is stored over the lease of another', () => {
    const record = recordOf({ claim: OTHERS })
    const flight = storingAnew(ROTATED)
    expect(flight.read(record, 'v5')).toMatchObject(wrote({ ...kept, claim: OTHERS, contested: true }))
    // Which is waited for then, as nobody has left it behind.
    expect(flight.tell(written('v6'))).toMatchObject([{}, {}, { type: 'pause', ms: 25, change: { version: 'v6' } }])
  })

  test('is revoked after a sign-out', () => {
    const record = recordOf({ setId: 'out', generation: 8, tokens: undefined, signedOut: true })
    const tokens = { accessToken: '', tokenType: 'Bearer', refreshToken: 'refresh-8' }
    expect(storingAnew(ROTATED).read(record, 'v5')).toMatchObject([{ type: 'revoke', tokens }, { type: 'settle' }])
  })

  test('is a failure like any where the grant cannot refresh', () => {
    const policy = { canAcquire: true, canRefresh: false }
    expect(storing(ROTATED, policy).state().pending?.record).toMatchObject({ setId: 'set-7', failure: { count: 1 } })
  })
})

describe('a store that does not take the answer', () => {
  const delays = (outcome: Obtained | Failed, mono: number) => {
    const flight = storing(outcome)
    return Array.from({ length: 9 }, () => {
      const [effect] = flight.tell(unknown(mono), mono)
      flight.wake('pause', mono)
      return effect?.type === 'pause' ? Math.round(effect.ms) : effect
    })
  }

  test('is tried again, three times a second in the end', () => {
    expect(delays(ACCESS_ONLY, MONO)).toEqual([50, 100, 200, 333, 333, 333, 333, 333, 333])
    expect(delays(UNAVAILABLE, MONO + 28_000)).toEqual([50, 100, 200, 333, 333, 333, 333, 333, 333])
  })

  test('is tried every five seconds with a new refresh token once the lease has run out', () => {
    const longer = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]
    expect(delays(OBTAINED, MONO + 28_001)).toEqual(longer)
    expect(delays(ROTATED, MONO + 28_001)).toEqual(longer)
  })

  test.each([ACCESS_ONLY, UNAVAILABLE])('is not tried with anything else then', (outcome) => {
    const result = { type: 'store_unavailable' }
    expect(storing(outcome).tell(unknown(), MONO + 28_001)).toEqual([{ type: 'settle', result }])
  })

  test('is read before each further try', () => {
    const flight = storing()
    expect(flight.tell(unknown())).toEqual([{ type: 'pause', ms: 50, timer: 3 }])
    expect(flight.state()).toMatchObject({ phase: 'committing', storeFailingSince: MONO, commitDelayMs: 100 })
    expect(flight.wake('pause')).toEqual([READ])
    expect(flight.tell({ type: 'read_failed', since: MONO + 9 })).toMatchObject([{ type: 'pause', ms: 100 }])
    expect(flight.state().storeFailingSince).toBe(MONO)
    flight.wake('pause')
    expect(flight.read(LEASED, 'v2')).toEqual(wrote(STORED, 'v2'))
  })

  test('because others write first is tried after a pause the second time', () => {
    const flight = storingAnew()
    flight.read(LEASED, 'v5')
    expect(flight.tell(lost, MONO + 7)).toMatchObject([{ type: 'pause', ms: 50 }])
    expect(flight.state()).toMatchObject({ phase: 'committing', storeFailingSince: MONO + 7 })
  })

  test.each([
    [4_000, 'pause'],
    [4_001, 'settle'],
  ])('is tried for four seconds by a program that ends: %d', (afterMs, type) => {
    const flight = storing()
    flight.tell({ type: 'closing' })
    expect(flight.tell(unknown(), MONO + afterMs)).toMatchObject([{ type }])
    const open = storing()
    expect(open.tell(unknown(), MONO + afterMs)).toMatchObject([{ type: 'pause' }])
  })

  test('because the record cannot be read ends the flight', () => {
    const flight = storingAnew()
    const result = { type: 'record_unreadable', reason: 'newer' }
    expect(flight.tell({ type: 'record_unreadable', reason: 'newer' })).toEqual([{ type: 'settle', result }])
  })

  test('is waited for by nothing else', () => {
    const flight = storing()
    const before = flight.state()
    for (const fact of [{ type: 'left' }, { type: 'woke', timer: 99 }, { type: 'start' }] as const)
      expect(flight.tell(fact)).toEqual([])
    expect(flight.state()).toEqual(before)
  })
})

describe('new tokens that are not stored after two seconds', () => {
  const deliver = (record: GrantRecord) => [{ type: 'deliver', snapshot: { record, now: NOW, mono: MONO } }]

  test('are handed out once, and storing them goes on', () => {
    const flight = storing()
    expect(flight.wake('grace', MONO + 2_000)).toEqual(deliver(STORED))
    expect(flight.state()).toMatchObject({ phase: 'committing', lease: { wasDelivered: true } })
    expect(flight.wake('grace', MONO + 2_000)).toEqual([])
    expect(flight.tell(written('v3'))).toMatchObject([{}, {}, { type: 'settle', result: { type: 'tokens' } }])
  })

  test('are handed out without knowing what the store holds', () => {
    const flight = flightOf()
    flight.tell({ type: 'start' })
    flight.read(recordOf())
    flight.tell(written('v2'))
    flight.wake('extend')
    flight.tell(lost)
    flight.tell({ type: 'read_failed', since: MONO })
    flight.tell({ type: 'answered', outcome: OBTAINED })
    const empty = { ...emptyRecord(KEY), generation: 7, setId: 'set-7' }
    expect(flight.wake('grace')).toEqual(deliver(afterSuccess(empty, leaseOf(), OBTAINED.tokens)))
  })

  test('or a failure is not', () => {
    const flight = storing(UNAVAILABLE)
    expect(flight.tell({ type: 'woke', timer: 2 })).toEqual([])
  })
})
