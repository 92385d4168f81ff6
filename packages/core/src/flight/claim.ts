import { emptyRecord, type GrantRecord, ISSUE, type StoredClaim, type StoredStrikes } from '../record.ts'
import type { FlightState, HeldClaim, Known, Step } from './state.ts'
import { LEASE_MARGIN_MS, LEASE_MS } from './timing.ts'
import { write } from './transition.ts'

/** One compare-and-set takes the lease, writes the intent, and proves that the store is writable before a token is spent. */
export function claim(
  state: FlightState,
  known: Known,
  mode: HeldClaim['mode'],
  strikes: StoredStrikes | undefined,
): Step {
  const record = known.record ?? emptyRecord(state.policy.key)
  const held: HeldClaim = {
    id: `${state.id}:${state.claimCount + 1}`,
    mode,
    attempt: mode === 'refresh' ? nextAttempt(record) : 1,
    setId: record.setId,
    generation: Math.max(record.generation, state.need.rejected),
    isFirst: record.tokens === undefined,
    refreshToken: mode === 'refresh' ? record.tokens?.refreshToken : undefined,
    isRefreshDead: false,
    deadline: leaseDeadline(known),
    claimedAt: Math.floor(known.now),
    claimedMono: known.mono,
    wasDelivered: false,
    isUncertain: false,
  }
  const claimed = { ...record, strikes, claim: storedClaim(held, known.now) }
  return write({ ...state, claim: held, claimCount: state.claimCount + 1 }, 'claiming', known, claimed)
}

/** Measured from before the read: conservative. */
export function leaseDeadline(known: Known): number {
  return known.mono + LEASE_MS - LEASE_MARGIN_MS
}

/** How often this very refresh token may have been sent, counting this time. */
function nextAttempt(record: GrantRecord): number {
  return record.claim?.base === record.setId ? record.claim.attempt + 1 : 1
}

export function storedClaim(held: HeldClaim, now: number): StoredClaim {
  const base = held.mode === 'issue' ? ISSUE : held.setId
  return { owner: held.id, attempt: held.attempt, base, until: now + LEASE_MS }
}

/** The claim after its owner has given it back: doubts about what was sent stay on record. */
export function givenBack(stored: StoredClaim, wasSent: boolean): StoredClaim | undefined {
  if (stored.base === ISSUE) return undefined
  const attempt = wasSent ? stored.attempt : stored.attempt - 1
  return attempt === 0 ? undefined : { ...stored, attempt, until: 0 }
}
