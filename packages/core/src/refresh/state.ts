import { ownMembers } from '../members.ts'
import type { Failed, Obtained, ObtainedTokens } from '../tokens/grant.ts'
import type { ExpiryWindows, GrantRecord, StoredRejection } from '../tokens/record.ts'
import { COMMIT_RETRY_MIN_MS } from './timing.ts'

/**
 * A flight is one process's attempt to get usable tokens for one store key: read, lease, request, commit. Its state is
 * plain JSON and changes only through `step(state, event)`, so that every interleaving of several flights can be explored.
 *
 * Invariants, over all processes that share the store:
 * - I1 a refresh token is sent only after a compare-and-set that recorded owner and attempt on the record that holds it;
 * - I2 without a fault each refresh token is sent once, and each expiry costs one refresh;
 * - I3 a token set received is written unless a newer sign-in, a sign-out, or a later attempt with the same refresh token
 *   (or its descendant) replaced the record; so is the new refresh token of an answer that cannot be used otherwise;
 * - I4 the generation never falls, and grows with each access token; `dead` is set only by the vendor's answer for exactly the stored refresh token;
 * - I5 a flight fails only for a typed reason, never because of a race;
 * - I6 a refresh writes twice (lease, commit); there is no release that could be lost.
 */
export interface FlightState {
  readonly phase: Phase
  readonly goal: Goal
  readonly policy: FlightPolicy
  /** Unique over all processes; prefix of its leases' ids. */
  readonly id: string
  readonly leaseCount: number
  readonly startedAt: number
  readonly storeFailingSince?: number | undefined
  readonly seen: Seen
  /** The lease being worked on; from its write on. */
  readonly lease?: HeldLease | undefined
  readonly outcome?: Obtained | Failed | undefined
  /** The origin that the grant asked for it. */
  readonly server?: string | undefined
  /** The write in progress; complete except for its version. */
  readonly pending?: Snapshot | undefined
  readonly timers: {
    readonly next: number
    readonly pause?: number
    readonly extend?: number
    readonly grace?: number
  }
  readonly extending: 'idle' | 'writing' | 'reading' | 'stopped'
  readonly commitDelayMs: number
  /** Lost writes in a row. */
  readonly losses: number
  readonly isRestoring: boolean
  /** Callers were told that the store is down; the flight still looks for a lease that it may have written. */
  readonly hasAnswered: boolean
  /** The program wants to end. */
  readonly isClosing: boolean
}

export type Phase =
  /** With a lease of unknown outcome: does the store hold it? With one that is held: does it still, right before a second send? */
  | 'reading'
  | 'pausing'
  /** Two strikes are written down, or a newer record that the store has lost. */
  | 'noting'
  | 'leasing'
  | 'requesting'
  | 'committing'
  | 'done'

/** What this process has seen of the record before, in this flight or an earlier one. */
export interface Seen {
  /** Another owner's lease; taken over when it stays unchanged until `until`, on the own monotonic clock. */
  readonly lease?: { readonly id: string; readonly until: number } | undefined
  /** How far the store's clock was ahead of the own monotonic one at an earlier read: tells a clock that jumped. */
  readonly storeAheadMs?: number | undefined
}

export interface Goal {
  /** Tokens of this generation or below were refused; -1: none. */
  readonly rejected: number
  /** In the background: the current tokens are still used. */
  readonly soft: boolean
  /** Tokens of this generation were accepted after a refresh; -1: unknown. */
  readonly accepted: number
}

export interface FlightPolicy {
  readonly key: string
  /** What the access token is for; absent: what the grant's own is for. */
  readonly target?: string | undefined
  readonly canAcquire: boolean
  readonly canRefresh: boolean
  readonly windows: ExpiryWindows
  readonly maxWaitMs: number
}

export interface HeldLease {
  readonly id: string
  readonly mode: 'refresh' | 'acquire'
  readonly attempt: number
  /** The set that the lease was taken on. */
  readonly setId: string
  /** The generation of that set, or the one that was refused if it is greater. */
  readonly generation: number
  /** There was no set before. */
  readonly isFirst: boolean
  readonly refreshToken?: string | undefined
  /** The version that it was written over. */
  readonly expected: string | undefined
  /** Own monotonic clock: nothing is sent after that. */
  readonly deadline: number
  /** The store's clock before the lease, so that no lifetime seems longer than it is, however slow the store was. */
  readonly leasedAt: number
  /** This process's monotonic clock at that moment, or before. */
  readonly leasedMono: number
  /** What the store holds under this lease; absent: must be read again. */
  readonly snapshot?: Snapshot | undefined
  readonly wasDelivered: boolean
  /** The write of the lease had an unknown outcome; the next read tells. */
  readonly isUncertain: boolean
}

/** A read, or a write that landed. */
export interface Snapshot {
  readonly record?: GrantRecord | undefined
  readonly version?: string | undefined
  /** The store's clock, Unix ms, and this process's monotonic clock, both sampled before the read. */
  readonly now: number
  readonly mono: number
}

/** When an event happened, and a chance for it. */
export interface Moment {
  /** This process's monotonic clock, ms. */
  readonly mono: number
  /** At least 0, below 1. */
  readonly random: number
}

export type FlightEvent = FlightFact & Moment

interface StoreTrouble {
  readonly reason?: string | undefined
  readonly isMistake?: boolean | undefined
  readonly since: number
}

export type FlightFact =
  | { readonly type: 'start' }
  | {
      readonly type: 'read'
      readonly snapshot: Snapshot
      /** The stored rejection concerns the secrets that this process holds. */
      readonly isRejectionOurs: boolean
      /** The stored lease is of a flight of this process that has ended: no flight holds it. */
      readonly isLeftOver: boolean
      /** The newest record that this process has read or written. */
      readonly newest?: GrantRecord | undefined
    }
  /**
   * `reason`: in words that may be shown. `isMistake`: only a person can mend it. `since`: when the call began, on the own
   * monotonic clock.
   */
  | ({ readonly type: 'read_failed' } & StoreTrouble)
  /** The stored value is not a record that this version can read: it must not be overwritten. */
  | { readonly type: 'record_unreadable'; readonly reason?: string | undefined }
  | { readonly type: 'written'; readonly version: string }
  | { readonly type: 'write_lost' }
  | ({ readonly type: 'write_unknown' } & StoreTrouble)
  | { readonly type: 'woke'; readonly timer: number }
  /** No caller waits any more. */
  | { readonly type: 'left' }
  | { readonly type: 'closing' }
  | { readonly type: 'answered'; readonly outcome: Obtained | Failed; readonly server?: string | undefined }

export type FlightEffect =
  | { readonly type: 'read' }
  | {
      readonly type: 'write'
      readonly expected: string | undefined
      readonly record: GrantRecord
    }
  /** Wakes after `ms`; with `change` as soon as the stored version is another, and later where the store tells that. */
  | {
      readonly type: 'pause'
      readonly ms: number
      readonly timer: number
      /** Another has the lease. */
      readonly change?: { readonly version: string | undefined } | undefined
    }
  | { readonly type: 'request'; readonly mode: 'acquire' }
  | { readonly type: 'request'; readonly mode: 'refresh'; readonly refreshToken: string }
  /** What the store holds, for this process's memory. `own`: written by this flight. */
  | { readonly type: 'remember'; readonly snapshot: Snapshot; readonly own: boolean }
  /** Tokens that are not stored yet, for this process's memory and for those who wait. */
  | { readonly type: 'deliver'; readonly snapshot: Snapshot }
  /** A token set that will not be used. */
  | { readonly type: 'revoke'; readonly tokens: ObtainedTokens }
  | {
      readonly type: 'obtained'
      readonly request: EndedRequest
    }
  | { readonly type: 'failed'; readonly failure: Failed; readonly request: EndedRequest }
  /** The store had an older record than this process knew; the newer one is back. */
  | { readonly type: 'went_back'; readonly generation: number }
  | { readonly type: 'degraded'; readonly reason: string | undefined }
  /** The result, while the flight goes on. */
  | { readonly type: 'answer'; readonly result: FlightResult }
  | { readonly type: 'settle'; readonly result: FlightResult }

export interface EndedRequest {
  readonly mode: HeldLease['mode']
  readonly generation: number
  /** Since the lease was taken. */
  readonly durationMs: number
  readonly server: string | undefined
}

export type FlightResult =
  | { readonly type: 'tokens'; readonly snapshot: Snapshot }
  /** Two strikes: refusals renew nothing for now. */
  | { readonly type: 'nothing' }
  | { readonly type: 'not_signed_in' }
  /** The user signed out meanwhile; the tokens were discarded. */
  | { readonly type: 'signed_out' }
  /** `since`: the store's clock. */
  | { readonly type: 'reauthorization_required'; readonly reason: string; readonly since: number }
  | {
      readonly type: 'client_rejected'
      readonly rejection: Pick<StoredRejection, 'oauthError' | 'description' | 'status'>
    }
  | {
      readonly type: 'token_unavailable'
      readonly retryInMs: number
      readonly status?: number | undefined
      readonly oauthError?: string | undefined
      readonly description?: string | undefined
      readonly reason: string
    }
  /** `isDown`: it did not answer; without it, it answers and every write is lost. */
  | { readonly type: 'store_unavailable'; readonly reason?: string | undefined; readonly isDown?: true }
  | { readonly type: 'timeout' }
  | { readonly type: 'record_unreadable'; readonly reason?: string | undefined }

export interface Step {
  readonly state: FlightState
  readonly effects: readonly FlightEffect[]
}

// --- moves

/** `id`: unique over all processes and times. */
export function beginFlight(id: string, goal: Goal, policy: FlightPolicy, seen: Seen = {}): FlightState {
  return {
    phase: 'reading',
    goal,
    policy,
    id,
    leaseCount: 0,
    startedAt: 0,
    seen,
    timers: { next: 1 },
    extending: 'idle',
    commitDelayMs: COMMIT_RETRY_MIN_MS,
    losses: 0,
    isRestoring: false,
    hasAnswered: false,
    isClosing: false,
  }
}

export function stay(state: FlightState): Step {
  return { state, effects: [] }
}

export function read(state: FlightState, phase: Phase = 'reading'): Step {
  return { state: { ...state, phase }, effects: [{ type: 'read' }] }
}

export function settle(state: FlightState, result: FlightResult): Step {
  return {
    state: { ...state, phase: 'done', lease: undefined, pending: undefined },
    effects: [{ type: 'settle', result }],
  }
}

/** Writes `next` over what the store holds; the answer arrives in `phase`. */
export function write(state: FlightState, phase: Phase, snapshot: Snapshot, next: GrantRecord): Step {
  const record = ownMembers(next)
  const pending: Snapshot = { record, now: snapshot.now, mono: snapshot.mono }
  return { state: { ...state, phase, pending }, effects: [{ type: 'write', expected: snapshot.version, record }] }
}

/** What the store holds once the pending write has landed as `version`. */
export function landed(state: FlightState, version: string): Snapshot {
  if (state.pending === undefined) throw new Error('no write is under way')
  return { ...state.pending, version }
}

/** Starts a timer; an older one of that name is forgotten. */
export function startTimer(
  state: FlightState,
  name: 'pause' | 'extend' | 'grace',
  ms: number,
  snapshot?: Snapshot,
): Step {
  const timer = state.timers.next
  const timers = { ...state.timers, next: timer + 1, [name]: timer }
  const change = snapshot && { version: snapshot.version }
  return { state: { ...state, timers }, effects: [{ type: 'pause', ms, timer, change }] }
}

export function isTimer(state: FlightState, name: 'pause' | 'extend' | 'grace', event: FlightEvent): boolean {
  return event.type === 'woke' && event.timer === state.timers[name]
}

/** Reads again after `ms`; with `snapshot`, in which another has the lease, as soon as the stored version is another. */
export function pause(state: FlightState, ms: number, snapshot?: Snapshot): Step {
  return startTimer({ ...state, phase: 'pausing' }, 'pause', ms, snapshot)
}

export function withEffects(effects: readonly FlightEffect[], next: Step): Step {
  return { state: next.state, effects: [...effects, ...next.effects] }
}

/** The same at this process's moment `at`: the store's clock, in whole ms. */
export function advanced(snapshot: Snapshot, { mono }: Moment): Snapshot {
  return { ...snapshot, now: Math.floor(snapshot.now + (mono - snapshot.mono)), mono }
}

/** In words of valetkey where the vendor has no code for it: what is wrong with an answer, or why there is none. */
export function reasonOf({ status, oauthError, description }: Failed): string {
  if (oauthError !== undefined) return oauthError
  const isSuccess = status !== undefined && status >= 200 && status < 300
  if (status !== undefined && !(isSuccess && description !== undefined)) return `status ${status}`
  return description ?? 'no answer'
}
