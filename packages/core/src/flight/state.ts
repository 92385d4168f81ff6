import type { ExpiryWindows } from '../expiry.ts'
import type { GrantFailureKind } from '../grant.ts'
import type { GrantRecord, StoredRejection } from '../record.ts'

/**
 * A flight is one process's attempt to get usable tokens for one store key: read, claim, request, commit. Its state is
 * plain JSON and changes only through `step(state, event)`, so that every interleaving of several flights can be explored.
 *
 * Invariants, over all processes that share the store:
 * - I1 a refresh token is sent only after a compare-and-set that recorded owner and attempt on the record that holds it;
 * - I2 without a fault each refresh token is sent once, and each expiry costs one refresh;
 * - I3 a token set received is written unless a newer sign-in, a sign-out, or a later attempt with the same refresh token
 *   (or its descendant) replaced the record;
 * - I4 the generation only grows; `dead` is set only by the vendor's answer for exactly the stored refresh token;
 * - I5 a flight fails only for a typed reason, never because of a race;
 * - I6 a refresh writes twice (claim, commit); there is no release that could be lost.
 */
export interface FlightState {
  readonly phase: Phase
  readonly need: Need
  readonly policy: FlightPolicy
  /** Unique over all processes; prefix of its claims' ids. */
  readonly id: string
  readonly claimCount: number
  readonly startedAt: number
  readonly storeFailingSince?: number | undefined
  readonly pollMs: number
  /** Another owner's expired claim under observation; taken over when seen unchanged for long enough. */
  readonly observed?: { readonly claim: string; readonly since: number } | undefined
  /** The claim being worked on; from its write on. */
  readonly claim?: HeldClaim | undefined
  readonly outcome?: Obtained | Failed | undefined
  /** The write under way; complete but for its version. */
  readonly pending?: Known | undefined
  readonly timers: {
    readonly next: number
    readonly pause?: number
    readonly renewal?: number
    readonly grace?: number
  }
  readonly renewal: 'idle' | 'writing' | 'reading' | 'stopped'
  readonly commitDelayMs: number
}

export type Phase =
  | 'reading'
  | 'pausing'
  | 'noting'
  | 'releasing'
  | 'claiming'
  | 'checking'
  | 'requesting'
  | 'converting'
  | 'committing'
  | 'degraded'
  | 'done'

export interface Need {
  /** Tokens of this generation or below were refused; -1: none. */
  readonly rejected: number
  /** In the background: the tokens in hand are still used. */
  readonly soft: boolean
  /** Tokens of this generation were accepted after a renewal; -1: unknown. */
  readonly accepted: number
}

export interface FlightPolicy {
  readonly key: string
  readonly canIssue: boolean
  readonly canRefresh: boolean
  readonly windows: ExpiryWindows
  readonly maxWaitMs: number
}

export interface HeldClaim {
  readonly id: string
  readonly mode: 'refresh' | 'issue'
  readonly attempt: number
  /** The set that the claim was made on. */
  readonly setId: string
  /** The generation of that set, or the one that was refused if it is greater. */
  readonly generation: number
  /** There was no set before. */
  readonly isFirst: boolean
  readonly refreshToken?: string | undefined
  /** The vendor has said that the refresh token is dead: no later write may keep it. */
  readonly isRefreshDead: boolean
  /** Own monotonic clock: nothing is sent after that. */
  readonly deadline: number
  /** The store's clock before the claim, so that no lifetime seems longer than it is, however slow the store was. */
  readonly claimedAt: number
  /** This process's monotonic clock at that moment, or before. */
  readonly claimedMono: number
  /** What the store holds under this claim; absent: must be read again. */
  readonly known?: Known | undefined
  readonly wasDelivered: boolean
  /** The write of the claim had an unknown outcome; the next read tells. */
  readonly isUncertain: boolean
}

/** A read, or a write that landed. */
export interface Known {
  readonly record?: GrantRecord | undefined
  readonly version?: string | undefined
  /** The store's clock, Unix ms, and this process's monotonic clock, both sampled before the read. */
  readonly now: number
  readonly mono: number
}

/** What the token endpoint said, normalised; times relative. */
export interface Obtained {
  readonly type: 'obtained'
  readonly tokens: ObtainedTokens
}

export interface ObtainedTokens {
  readonly accessToken: string
  readonly tokenType: string
  readonly lifetimeMs?: number | undefined
  readonly refreshToken?: string | undefined
  readonly refreshLifetimeMs?: number | undefined
  readonly scopes?: readonly string[] | undefined
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

export interface Failed {
  readonly type: 'failed'
  readonly kind: GrantFailureKind
  readonly sent: boolean
  readonly retryAfterMs?: number | undefined
  readonly status?: number | undefined
  readonly oauthError?: string | undefined
  readonly description?: string | undefined
  /** With `client_rejected`: whose secrets were refused. */
  readonly by?: string | undefined
  readonly salt?: string | undefined
}

/** When an event happened, and a chance for it. */
export interface Moment {
  /** This process's monotonic clock, ms. */
  readonly mono: number
  /** At least 0, below 1. */
  readonly random: number
}

export type FlightEvent = FlightFact & Moment

export type FlightFact =
  | { readonly type: 'start' }
  | {
      readonly type: 'read'
      readonly known: Known
      /** The stored rejection concerns the secrets that this process holds. */
      readonly isRejectionOurs: boolean
    }
  /** `reason`: in words that may be shown. */
  | { readonly type: 'read-failed'; readonly reason?: string | undefined }
  /** The stored text is no record that this version can read: it must not be overwritten. */
  | { readonly type: 'unreadable' }
  | { readonly type: 'written'; readonly version: string }
  | { readonly type: 'write-lost' }
  | { readonly type: 'write-unknown'; readonly reason?: string | undefined }
  | { readonly type: 'woke'; readonly timer: number }
  | { readonly type: 'answered'; readonly outcome: Obtained | Failed }

export type FlightEffect =
  | { readonly type: 'read' }
  | {
      readonly type: 'write'
      readonly expected: string | undefined
      readonly record: GrantRecord
    }
  /** Wakes after `ms`; with `version` as soon as the stored version is another. */
  | {
      readonly type: 'pause'
      readonly ms: number
      readonly timer: number
      readonly change?: { readonly version: string | undefined }
    }
  | { readonly type: 'request'; readonly mode: 'issue' }
  | { readonly type: 'request'; readonly mode: 'refresh'; readonly refreshToken: string }
  /** What the store holds, for this process's memory. `own`: written by this flight. */
  | { readonly type: 'remember'; readonly known: Known; readonly own: boolean }
  /** Tokens that are not stored yet, for this process's memory and for those who wait. */
  | { readonly type: 'deliver'; readonly known: Known }
  /** A token set that nobody will use. */
  | { readonly type: 'revoke'; readonly tokens: ObtainedTokens }
  | {
      readonly type: 'obtained'
      readonly mode: HeldClaim['mode']
      readonly generation: number
      readonly durationMs: number
    }
  | { readonly type: 'failed'; readonly failure: Failed; readonly generation: number }
  | { readonly type: 'degraded'; readonly reason: string | undefined }
  | { readonly type: 'settle'; readonly result: FlightResult }

export type FlightResult =
  | { readonly type: 'tokens'; readonly known: Known }
  /** The store is down and the grant has no refresh token: kept by this process only. */
  | { readonly type: 'unstored'; readonly tokens: ObtainedTokens }
  /** Two strikes: refusals renew nothing for now. */
  | { readonly type: 'nothing' }
  | { readonly type: 'not-signed-in' }
  /** Somebody signed out meanwhile; the tokens were discarded. */
  | { readonly type: 'signed-out' }
  /** `since`: the store's clock. */
  | { readonly type: 'dead'; readonly reason: string; readonly since: number }
  | { readonly type: 'rejected'; readonly rejection: Pick<StoredRejection, 'oauthError' | 'description' | 'status'> }
  | {
      readonly type: 'unavailable'
      readonly retryInMs: number
      readonly status?: number | undefined
      readonly reason: string
    }
  | { readonly type: 'store'; readonly reason?: string | undefined }
  | { readonly type: 'timeout' }
  | { readonly type: 'unreadable' }

export interface Step {
  readonly state: FlightState
  readonly effects: readonly FlightEffect[]
}
