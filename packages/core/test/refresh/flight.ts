import { step } from '../../src/refresh/protocol.ts'
import {
  beginFlight,
  type FlightEffect,
  type FlightFact,
  type FlightPolicy,
  type FlightState,
  type Goal,
  type HeldLease,
  type Seen,
  type Snapshot,
} from '../../src/refresh/state.ts'
import type { Failed, Obtained } from '../../src/tokens/grant.ts'
import type { GrantRecord, StoredTokens } from '../../src/tokens/record.ts'

export const KEY = '["vk1","acme","direct","default"]'
/** The store's clock, Unix ms, and this process's monotonic clock, at the read of every test. */
export const NOW = 2_000_000_000
export const MONO = 5_000
export const AT = { mono: MONO, random: 0.5 }

export const POLICY: FlightPolicy = {
  key: KEY,
  canAcquire: false,
  canRefresh: true,
  windows: { refreshAheadMs: 60_000, expiryLeewayMs: 5_000, jitter: 0 },
  maxWaitMs: 30_000,
}
export const GOAL: Goal = { rejected: -1, soft: false, accepted: -1 }
/** What a read brings besides the record. */
export const FACTS = { isRejectionOurs: false, isLeftOver: false }

/** An hour's tokens, of which so much is left. */
export function tokensWith(leftMs: number, change: Partial<StoredTokens> = {}): StoredTokens {
  return {
    accessToken: 'access-7',
    tokenType: 'Bearer',
    issuedAt: NOW + leftMs - 3_600_000,
    expiresAt: NOW + leftMs,
    refreshToken: 'refresh-7',
    ...change,
  }
}
export const EXPIRED = tokensWith(0)
export const FRESH = tokensWith(1_800_000)
/** In the time in which they are refreshed in the background and still used. */
export const SOON = tokensWith(30_000)

export function recordOf(change: Partial<GrantRecord> = {}): GrantRecord {
  return { v: 1, key: KEY, generation: 7, setId: 'set-7', writtenBy: 'set-7', tokens: EXPIRED, ...change }
}

export function snapshotOf(record: GrantRecord | undefined, version = 'v1'): Snapshot {
  return { record, version: record && version, now: NOW, mono: MONO }
}

export function stateOf(change: Partial<FlightState> = {}, seen: Seen = {}): FlightState {
  return { ...beginFlight('flight-1', GOAL, POLICY, seen), startedAt: MONO, ...change }
}

/** A lease that this flight took on `recordOf()` at the read. */
export function leaseOf(change: Partial<HeldLease> = {}): HeldLease {
  return {
    id: 'flight-1:1',
    mode: 'refresh',
    attempt: 1,
    setId: 'set-7',
    generation: 7,
    isFirst: false,
    refreshToken: 'refresh-7',
    expected: 'v1',
    deadline: MONO + 13_000,
    leasedAt: NOW,
    leasedMono: MONO,
    wasDelivered: false,
    isUncertain: false,
    ...change,
  }
}

export const CLAIM = { owner: 'flight-1:1', attempt: 1, base: 'set-7', until: NOW + 15_000 }
/** The lease of a flight of another process. */
export const OTHERS = { owner: 'flight-9:1', attempt: 1, base: 'set-7', until: NOW + 10_000 }

export const OBTAINED: Obtained = {
  type: 'obtained',
  tokens: { accessToken: 'access-8', tokenType: 'DPoP', lifetimeMs: 60_000, refreshToken: 'refresh-8' },
}
export const UNAVAILABLE: Failed = { type: 'failed', kind: 'token_unavailable', sent: true, status: 500 }

/** A flight that is told one event after the other. */
export function flightOf(goal: Partial<Goal> = {}, policy: Partial<FlightPolicy> = {}, seen: Seen = {}) {
  let state = beginFlight('flight-1', { ...GOAL, ...goal }, { ...POLICY, ...policy }, seen)
  const tell = (fact: FlightFact, mono = MONO, random = 0.5): readonly FlightEffect[] => {
    const next = step(state, { ...fact, mono, random })
    state = next.state
    return next.effects
  }
  return {
    tell,
    state: () => state,
    /** What the store holds, read at `mono`. */
    read: (record: GrantRecord | undefined, version = 'v1', mono = MONO, more: Partial<FlightFact> = {}) =>
      tell({ type: 'read', snapshot: at(snapshotOf(record, version), mono), ...FACTS, ...more } as FlightFact, mono),
    /** The newest timer of that name fires. */
    wake: (name: 'pause' | 'extend' | 'grace', mono = MONO) =>
      tell({ type: 'woke', timer: state.timers[name] ?? 0 }, mono),
  }
}

/** The same, read as much later. */
export function at(snapshot: Snapshot, mono: number): Snapshot {
  return { ...snapshot, now: snapshot.now + mono - snapshot.mono, mono }
}
