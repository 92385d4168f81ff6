import {
  accessSetOf,
  type ChangeEffect,
  type Flight,
  type FlightPolicy,
  type FlightResult,
  type FlightRuntime,
  type Goal,
  reasonOf,
  runFlight,
  type Seen,
  STORE_PATIENCE_MS,
} from '../refresh/run.ts'
import { type Clock, sleepOut } from '../time.ts'
import { callGrant, type Failed, type ObtainedTokens, randomId, rejectionHoldMs, retryWaitMs } from './grant.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { HeldTokens, NegativeResult, TokenMemory } from './memory.ts'

/** How one credential obtains tokens; a flight uses the acquirer of the credential that started it. */
export interface Acquirer {
  readonly runtime: Omit<FlightRuntime, 'processId' | 'changed' | 'hasEnded' | 'newest'>
  readonly policy: FlightPolicy
  /** Whose flights use it: an account with work under way is not forgotten. */
  readonly lifecycle: Lifecycle
  /** Told of all that is under way in the background. */
  waitUntil(work: Promise<unknown>): void
  /** Called with what happened. `remember`: only for tokens that another process obtained. */
  changed(change: LifecycleChange): void
}

export type LifecycleChange =
  | ChangeEffect
  | { readonly type: 'due'; readonly generation: number; readonly refreshExpiresAt: number }

export type Outcome = { readonly type: 'tokens'; readonly held: HeldTokens } | NegativeResult

/** A caller that waits for a flight. */
export interface Waiter {
  /** Monotonic ms. */
  readonly deadline: number
  ended(flight: TrackedFlight, outcome: Outcome): void
  failed(error: unknown): void
  /** Nothing happened in the flight for long. */
  fellSilent(flight: TrackedFlight): void
  late(): void
}

/** A flight in which nothing happened for this long is no longer relied on: on Workers its request may have ended. */
const SILENCE_MS = 2_000

/** A flight and all who wait for it, with one timer for all of them. */
export class TrackedFlight {
  readonly goal: Goal
  readonly outcome: Promise<Outcome>
  readonly #shared: TrackedFlight
  readonly #flight: Flight
  readonly #clock: Clock
  readonly #waiters = new Set<Waiter>()
  #leave: (() => void) | undefined
  /** What ends the sleep of the alarm, and when it wakes at the latest. */
  #alarm: AbortController | undefined
  #alarmAt = Number.POSITIVE_INFINITY
  #waitedSince = 0
  #isOver = false

  constructor(flight: Flight, goal: Goal, outcome: Promise<Outcome>, clock: Clock, shared?: TrackedFlight) {
    this.goal = goal
    this.#shared = shared ?? this
    this.outcome = outcome
    this.#flight = flight
    this.#clock = clock
    outcome.then(
      (ended) => this.#tell((waiter) => waiter.ended(this, ended)),
      (error: unknown) => this.#tell((waiter) => waiter.failed(error)),
    )
  }

  /** On Workers, timers and continuations end with the request that created them, so each request has its own. */
  forRequest(): TrackedFlight {
    if (globalThis.navigator?.userAgent !== 'Cloudflare-Workers') return this
    return new TrackedFlight(this.#flight, this.goal, this.outcome, this.#clock, this)
  }

  /** Whether both are of one flight. */
  is(other: TrackedFlight | undefined): boolean {
    return other !== undefined && this.#shared === other.#shared
  }

  /** Until it leaves. Without a waiting caller, nothing is retried. */
  join(waiter: Waiter): void {
    if (this.#isOver) {
      this.outcome.then(
        (ended) => waiter.ended(this, ended),
        (error: unknown) => waiter.failed(error),
      )
      return
    }
    if (this.#waiters.size === 0) {
      this.#leave = this.#flight.join()
      this.#waitedSince = this.#clock.monotonic()
    }
    this.#waiters.add(waiter)
    if (this.#alarm && waiter.deadline >= this.#alarmAt) return
    this.#silence()
    this.#alarm = new AbortController()
    void this.#ring(this.#alarm.signal)
  }

  leave(waiter: Waiter): void {
    if (!this.#waiters.delete(waiter) || this.#waiters.size > 0) return
    this.#silence()
    this.#leave?.()
  }

  #tell(tell: (waiter: Waiter) => void): void {
    this.#isOver = true
    this.#silence()
    for (const waiter of [...this.#waiters]) tell(waiter)
  }

  #silence(): void {
    // A reason saves the error that would be made.
    this.#alarm?.abort(null)
    this.#alarm = undefined
  }

  async #ring(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const silentAt = Math.max(this.#flight.progressAt(), this.#waitedSince) + SILENCE_MS
      let nextAt = silentAt
      for (const { deadline } of this.#waiters) nextAt = Math.min(nextAt, deadline)
      this.#alarmAt = nextAt
      await sleepOut(this.#clock, Math.max(nextAt - this.#clock.monotonic(), 0), stop)
      if (stop.aborted) return
      const now = this.#clock.monotonic()
      const isSilent = now - Math.max(this.#flight.progressAt(), this.#waitedSince) >= SILENCE_MS
      if (isSilent) this.#silence()
      for (const waiter of [...this.#waiters]) {
        if (now >= waiter.deadline) waiter.late()
        else if (isSilent) waiter.fellSilent(this)
      }
    }
  }
}

/** The flights of one store key and target in this process; new callers join the current one. */
export class Flights {
  current: TrackedFlight | undefined = undefined
  #running: readonly Flight[] = NONE
  #count = 0
  /** What earlier flights have seen: members of `Seen`. */
  #lease: Seen['lease'] = undefined
  #storeAheadMs: number | undefined = undefined
  #unshared: UnsharedFailure | undefined = undefined
  /** Prefix of the ids of everything that this process writes; Workers have no random numbers while modules load. */
  #processId = ''
  readonly #lifecycle: Lifecycle

  constructor(lifecycle: Lifecycle) {
    this.#lifecycle = lifecycle
  }

  start(goal: Goal, acquirer: Acquirer): TrackedFlight {
    this.#count += 1
    this.#processId ||= randomId()
    const processId = this.#processId
    const { clock, memory } = this.#lifecycle
    const changed = (effect: ChangeEffect): void => {
      if (effect.type === 'remember') {
        const { now, mono } = effect.snapshot
        this.#storeAheadMs = now - mono
      }
      filterChange(effect, memory, processId, acquirer)
    }
    const hasEnded = (lease: string): boolean =>
      lease.startsWith(`${processId}-`) && !this.#running.some(({ id }) => lease.startsWith(`${id}:`))
    const runtime = { ...acquirer.runtime, processId, changed, hasEnded, newest: () => memory.newest }
    const seen = { lease: this.#lease, storeAheadMs: this.#storeAheadMs }
    const flight = runFlight(`${processId}-${this.#count}`, goal, acquirer.policy, runtime, seen)
    const outcome = flight.result.then(async (result) => {
      const ended = await this.#outcomeOf(result, goal, acquirer)
      // It may still look for its lease, and reports no more.
      if (result.type === 'store_unavailable') this.abandon(tracked)
      return ended
    })
    const tracked = new TrackedFlight(flight, goal, outcome, clock)
    const answered = outcome.catch(() => {})
    this.#running = [...this.#running, flight]
    this.current = tracked
    const ended = flight.done.then(async () => {
      const others = this.#running.filter((other) => other !== flight)
      this.#running = others.length > 0 ? others : NONE
      this.#lease = flight.seen().lease
      await answered
      this.abandon(tracked)
    })
    acquirer.waitUntil(ended)
    return tracked
  }

  /** No caller joins this flight any more; it continues. */
  abandon(flight: TrackedFlight): void {
    if (flight.is(this.current)) this.current = undefined
  }

  /** Resolves when none has anything left to store, or a store that stays down has been given time to recover. */
  async drain(): Promise<void> {
    const busy = () => this.#running.filter((flight) => flight.goal.soft || flight.isHolding())
    while (busy().length > 0) {
      for (const flight of busy()) flight.close()
      await Promise.all(busy().map((flight) => flight.done))
    }
  }

  /** What the end of a flight means to this process. */
  async #outcomeOf(result: FlightResult, goal: Goal, acquirer: Acquirer): Promise<Outcome> {
    const { clock, memory } = this.#lifecycle
    const ended = await this.#acquireAlone(result, goal, acquirer)
    if (ended.type === 'unstored') return { type: 'tokens', held: memory.holdUnstored(ended.tokens) }
    if (ended.type === 'tokens') {
      this.#lifecycle.tellIfDue(acquirer)
      return memory.held ? { type: 'tokens', held: memory.held } : { type: 'not_signed_in' }
    }
    const negative =
      ended.type === 'token_unavailable' ? { ...ended, retryAt: Math.ceil(clock.now() + ended.retryInMs) } : ended
    if (!goal.soft && negative.type !== 'timeout' && negative.type !== 'signed_out')
      memory.rememberFailure(negative, goal.rejected)
    return negative
  }

  /** While the store is down, tokens of a grant that spends nothing are acquired for this process alone. */
  async #acquireAlone(result: FlightResult, goal: Goal, { policy, runtime }: Acquirer): Promise<Alone> {
    const { clock } = this.#lifecycle
    if (result.type === 'tokens') this.#unshared = undefined
    const mayAcquire = policy.canAcquire && !policy.canRefresh && !goal.soft
    if (result.type !== 'store_unavailable' || !result.isDown || !mayAcquire) return result
    const known = this.#unshared
    if (known && known.retryAt > clock.monotonic()) return unsharedResult(known, clock)
    const outcome = await callGrant(runtime, { mode: 'acquire' })
    if (outcome.type === 'obtained') {
      this.#unshared = undefined
      return { type: 'unstored', tokens: outcome.tokens }
    }
    const count = (this.#unshared?.count ?? 0) + 1
    const waitMs =
      outcome.kind === 'client_rejected'
        ? rejectionHoldMs(count)
        : Math.max(STORE_PATIENCE_MS, retryWaitMs(count, outcome.retryAfterMs, clock.random()))
    const unshared = { count, retryAt: clock.monotonic() + waitMs, failure: outcome }
    this.#unshared = unshared
    return unsharedResult(unshared, clock)
  }
}

/** Shared, since most accounts have no flight at any moment. */
const NONE: readonly Flight[] = []

/** Memory takes what the store holds; the credential hears of it only where another process obtained the tokens. */
function filterChange(effect: ChangeEffect, memory: TokenMemory, processId: string, acquirer: Acquirer): void {
  if (effect.type !== 'remember' && effect.type !== 'deliver') return acquirer.changed(effect)
  const isNews = effect.type === 'remember' ? memory.remember(effect.snapshot) : memory.expect(effect.snapshot)
  const { record } = effect.snapshot
  if (isNews && !(record && accessSetOf(record).setId.startsWith(processId))) acquirer.changed(effect)
}

/** Token requests that failed while the store was down, unknown to other processes: what a record would hold. */
interface UnsharedFailure {
  /** Failures in a row. */
  readonly count: number
  /** This process's monotonic clock. */
  readonly retryAt: number
  readonly failure: Failed
}

type Alone = FlightResult | { readonly type: 'unstored'; readonly tokens: ObtainedTokens }

function unsharedResult({ failure, retryAt }: UnsharedFailure, clock: Clock): FlightResult {
  if (failure.kind === 'client_rejected') return { type: 'client_rejected', rejection: failure }
  const retryInMs = retryAt - clock.monotonic()
  const { status, oauthError, description } = failure
  return { type: 'token_unavailable', retryInMs, status, oauthError, description, reason: reasonOf(failure) }
}
