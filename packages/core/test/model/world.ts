import type { FlightEffect, FlightState } from '../../src/refresh/state.ts'
import type { Failed, Obtained } from '../../src/tokens/grant.ts'
import type { GrantRecord, StoredTokens } from '../../src/tokens/record.ts'
import { createVendor, type Vendor, type VendorRule } from './vendor.ts'

/** Everything there is: the store, the vendor, the network, and some processes. Immutable. */
export interface World {
  /** One clock for all: clocks that differ are the simulation's business. */
  readonly now: number
  readonly record: GrantRecord | undefined
  readonly version: number
  readonly vendor: Vendor
  readonly processes: readonly Process[]
  readonly network: readonly Message[]
  /** Faults that may still happen. */
  readonly budget: Budget
  readonly seen: Seen
}

export interface Process {
  readonly status: 'running' | 'paused' | 'crashed' | 'done'
  readonly wasPaused: boolean
  readonly flight: FlightState | undefined
  /** Store calls under way; at most one. */
  readonly calls: readonly StoreCall[]
  readonly timers: readonly Timer[]
  /** Operations still to do after this one. */
  readonly operations: number
  /** Generation that the API refused in this operation; -1: none yet. */
  readonly rejected: number
  readonly flights: number
  /** With a vendor that refuses: needs no token before that. */
  readonly restsUntil?: number | undefined
  /** Tokens in hand that the API has not seen yet. */
  readonly using?: { readonly set: number; readonly generation: number } | undefined
  /** With the ablation `staleReads`: what the first read of the flight gave. */
  /** Where the store goes back: the newest record read or written, as it is stored. */
  readonly newest?: GrantRecord | undefined
  readonly firstRead?: { readonly record: GrantRecord | undefined; readonly version: number } | undefined
}

export type StoreCall = Extract<FlightEffect, { type: 'read' | 'write' }>

export interface Timer {
  readonly timer: number
  readonly due: number
  /** Fires early when the stored version is another. */
  readonly version?: string | undefined
}

/** A token request, or the answer to one. */
export interface Message {
  readonly process: number
  readonly lease: string
  readonly setId: string
  readonly attempt: number
  /** -1: `acquire`. */
  readonly refreshToken: number
  readonly stage: 'request' | 'answer'
  /** The sender has given up on it. */
  readonly isAbandoned: boolean
  /** With `answer`: undefined is `invalid_grant`. */
  readonly set?: number | undefined
  /** With `answer`, of a vendor that refuses. */
  readonly outcome?: Obtained | Failed | undefined
}

export interface Budget {
  readonly crash: number
  readonly pause: number
  readonly slow: number
  /** The store goes back to its first record. */
  readonly goBack: number
  readonly loseRequest: number
  readonly loseAnswer: number
  /** Answers of which only the refresh token can be used. */
  readonly unusable: number
  readonly timeout: number
  readonly storeError: number
  readonly refuse: number
  readonly expire: number
  readonly signOut: number
  readonly signIn: number
  /** Answers of a vendor that refuses, beside "not now". */
  readonly reject: number
  readonly later: number
}

/** What happened so far that excuses an outcome no client could avoid. */
export interface Seen {
  readonly ambiguous: number
  readonly crashes: number
  readonly takeovers: number
  /** A request reached the vendor after a later attempt, or after the record had moved on. */
  readonly zombies: number
  readonly expiries: number
  readonly wentBack: boolean
  readonly signedOut: boolean
  readonly signedInFamily: number
  readonly greatestGeneration: number
  readonly highestAttempt: Readonly<Record<string, number>>
  /** How operations ended. */
  readonly ok: number
  readonly refused: number
  readonly reauthorize: number
  readonly unavailable: number
  readonly notSignedIn: number
  readonly problems: readonly string[]
  /** Token requests within the last minute, of a vendor that refuses. */
  readonly tokenCalls: ReadonlyArray<{ readonly at: number }>
}

export interface Scenario {
  readonly name: string
  readonly rule: VendorRule
  readonly processes: number
  readonly operations?: number
  /** So many targets are asked for in turn, by each process and its operations. @default 1 */
  readonly targets?: number
  readonly soft?: boolean
  readonly canAcquire?: boolean
  readonly canRefresh?: boolean
  readonly budget: Partial<Budget>
  /** What the token endpoint answers, whatever it is asked. */
  readonly answers?: 'refusals' | 'short lifetimes'
  readonly ablation?: Ablation
}

/** A safeguard taken away, to see that the explorer notices. */
export type Ablation =
  | 'blind writes'
  | 'stale reads'
  | 'no extension'
  | 'leases ignored'
  | 'refused generation forgotten'
  | 'fenced commits'
  | 'older records believed'
  | 'no look before a second send'
  | 'failures forgotten'
  | 'refresh tokens of unusable answers dropped'

const NO_FAULTS: Budget = {
  crash: 0,
  pause: 0,
  slow: 0,
  goBack: 0,
  loseRequest: 0,
  loseAnswer: 0,
  unusable: 0,
  timeout: 0,
  storeError: 0,
  refuse: 0,
  expire: 0,
  signOut: 0,
  signIn: 0,
  reject: 0,
  later: 0,
}

export const KEY = 'key'
export const START = 1_000_000
/** Long enough that only the fault `expire` ends it. */
export const LIFETIME_MS = 3_600_000

export function createWorld(scenario: Scenario): World {
  const vendor = createVendor(scenario.rule)
  const softLeft = scenario.soft ? LIFETIME_MS * 0.01 : -1
  const tokens = { ...storedTokens(0, START + softLeft - LIFETIME_MS), expiresAt: START + softLeft }
  const { refreshToken, ...withoutRefresh } = tokens
  const canRefresh = scenario.canRefresh ?? true
  const process: Process = {
    status: 'running',
    wasPaused: false,
    flight: undefined,
    calls: [],
    timers: [],
    operations: scenario.operations ?? 1,
    rejected: -1,
    flights: 0,
  }
  return {
    now: START,
    record: {
      v: 1,
      key: KEY,
      generation: 1,
      setId: 'first',
      tokens: canRefresh ? { ...withoutRefresh, refreshToken } : withoutRefresh,
      writtenBy: 'first',
    },
    version: 1,
    vendor: { ...vendor, [scenario.soft ? 'accepted' : 'expired']: [0] },
    processes: Array.from({ length: scenario.processes }, () => process),
    network: [],
    budget: { ...NO_FAULTS, ...scenario.budget },
    seen: {
      ambiguous: 0,
      crashes: 0,
      takeovers: 0,
      zombies: 0,
      expiries: scenario.targets ?? 1,
      wentBack: false,
      signedOut: false,
      signedInFamily: -1,
      greatestGeneration: 1,
      highestAttempt: {},
      ok: 0,
      refused: 0,
      reauthorize: 0,
      unavailable: 0,
      notSignedIn: 0,
      problems: [],
      tokenCalls: [],
    },
  }
}

/** Token texts are the vendor's set numbers. */
export function storedTokens(set: number, issuedAt: number): StoredTokens {
  return {
    accessToken: String(set),
    tokenType: 'Bearer',
    issuedAt,
    expiresAt: issuedAt + LIFETIME_MS,
    refreshToken: String(set),
  }
}

export function obtained(set: number, canRefresh: boolean): Obtained {
  const tokens = { accessToken: String(set), tokenType: 'Bearer', lifetimeMs: LIFETIME_MS }
  return { type: 'obtained', tokens: canRefresh ? { ...tokens, refreshToken: String(set) } : tokens }
}

/** An answer that says nothing but the refresh token. */
export function unusable(set: number, { canRefresh = true, ablation }: Scenario): Failed {
  const failed: Failed = { type: 'failed', kind: 'token_unavailable', sent: true, status: 200 }
  const isDropped = !canRefresh || ablation === 'refresh tokens of unusable answers dropped'
  return isDropped ? failed : { ...failed, rotated: { refreshToken: String(set) } }
}

/** The set whose refresh token is stored. */
export function refreshSetOf(record: GrantRecord | undefined): number {
  return record?.tokens ? Number(record.tokens.refreshToken ?? record.tokens.accessToken) : -1
}

export function setOf(record: GrantRecord | undefined): number {
  return record?.tokens ? Number(record.tokens.accessToken) : -1
}

export function withProcess(world: World, index: number, process: Process): World {
  return { ...world, processes: world.processes.map((other, at) => (at === index ? process : other)) }
}

export function see(world: World, more: Partial<Seen>): World {
  return { ...world, seen: { ...world.seen, ...more } }
}

export function problem(world: World, name: string): World {
  return world.seen.problems.includes(name) ? world : see(world, { problems: [...world.seen.problems, name] })
}

export function spend(world: World, fault: keyof Budget): World {
  return { ...world, budget: { ...world.budget, [fault]: world.budget[fault] - 1 } }
}
