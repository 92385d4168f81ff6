import type { ClientName, Counts, Source } from './vendors/counters.ts'
import type { Reading } from './vendors/reading.ts'

/** Everything that the page shows, as the server sends it. Holds nothing secret. */
export interface DashboardState {
  readonly cards: readonly CardState[]
  readonly totals: Totals
  /** Newest first. */
  readonly timeline: readonly TimelineEntry[]
  readonly latency: Latency
  /** Where tokens are kept. */
  readonly store: 'file' | 'redis' | 'postgres'
  readonly second: SecondState
  readonly burst: BurstState | undefined
}

export interface Totals {
  readonly requests: number
  readonly failures: number
  /** Failures while a vendor was down or waited for a person because of a button, and from then to its next good answer. */
  readonly brokenOnPurpose: number
  readonly tokenCalls: number
}

export interface CardState {
  readonly id: string
  readonly name: string
  readonly source: Source
  readonly client: ClientName
  readonly grant: string
  readonly code: string
  readonly token: TokenState
  readonly generation: number
  readonly reading: Reading | undefined
  readonly problem: string | undefined
  /** How long until the token endpoint is asked again. Absent: no token call has failed. */
  readonly retryInMs: number | undefined
  readonly counts: Counts
  /** The buttons that it has. */
  readonly actions: readonly CardAction[]
  /** What is broken now. */
  readonly faults: readonly Fault[]
}

/** `key`: nothing expires. `renewing`: the next request gets a new one. `sign-in`: a user must sign in. */
export type TokenState =
  | { readonly state: 'key' | 'renewing' | 'sign-in' }
  | {
      readonly state: 'ready'
      /** Absent: the vendor does not tell. ms */
      readonly expiresInMs?: number | undefined
      readonly lifetimeMs?: number | undefined
      /** Before its end a token is refreshed in the background for `softMs`, and not used any more for `hardMs`. */
      readonly softMs?: number | undefined
      readonly hardMs?: number | undefined
    }

export interface Fault {
  readonly name: string
  readonly endsInMs: number
}

export type CardAction =
  | 'expire'
  | 'revoke-token'
  | 'revoke-grant'
  | 'replace-key'
  | 'down'
  | 'slow'
  | 'rate-limit'
  | 'sign-in'

export type GlobalAction = 'burst' | 'expire-all' | 'second-start' | 'second-stop'

export interface TimelineEntry {
  readonly id: number
  /** Unix ms. */
  readonly at: number
  readonly card: string
  readonly name: string
  readonly process: 1 | 2
  readonly kind: EntryKind
  readonly text: string
  /** How many of the same in a row. */
  readonly count: number
}

/** `you`: a button was pressed. */
export type EntryKind = 'good' | 'shared' | 'refused' | 'failed' | 'you'

/** One value for each `tickMs`. */
export interface Latency {
  readonly tickMs: number
  /** Number of the first row. */
  readonly from: number
  /** For each card the slowest request of that time, ms; null: none. */
  readonly rows: readonly (readonly (number | null)[])[]
  /** When tokens were replaced. */
  readonly marks: readonly Mark[]
  /** When requests failed; one for each card and time. */
  readonly failures: readonly Mark[]
}

export interface Mark {
  readonly tick: number
  /** Which card, by its place. */
  readonly card: number
}

export interface SecondState {
  readonly available: boolean
  readonly running: boolean
  readonly requests: number
  readonly failures: number
  /** Since it was started. */
  readonly renewals: readonly Renewals[]
}

/** Which process got the tokens of one vendor since the second process was started. */
export interface Renewals {
  readonly name: string
  readonly byFirst: number
  readonly bySecond: number
}

export interface BurstState {
  readonly requests: number
  readonly failures: number
  readonly tokenCalls: number
  readonly vendors: number
  /** Absent while it runs. */
  readonly durationMs?: number | undefined
}
