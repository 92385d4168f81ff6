import type { SentTo } from '../credential.ts'
import {
  accessSetOf,
  type ChangeEffect,
  type Flight,
  type FlightPolicy,
  type FlightResult,
  type FlightRuntime,
  type Goal,
  isBehind,
  readSnapshot,
  reasonOf,
  runFlight,
  type Seen,
  type Snapshot,
  STORE_PATIENCE_MS,
  storeFailure,
} from '../refresh/run.ts'
import { abortable, type Clock, sleepOut, throwIfAborted } from '../time.ts'
import { type Acceptance, createAcceptance } from './acceptance.ts'
import { callGrant, type Failed, type ObtainedTokens, randomId, rejectionHoldMs, retryWaitMs } from './grant.ts'
import {
  createTokenMemory,
  type HeldTokens,
  hasPassed,
  type KnownRecord,
  type NegativeResult,
  type TokenMemory,
} from './memory.ts'
import type { ExpiryWindows } from './record.ts'

/** Background work that did not help is tried again this much later. */
const BACKGROUND_PAUSE_MS = 1_000

/** The tokens of one store key in this process, for one target. */
export interface Lifecycle {
  /** The same for another target: one record, and one lease. */
  of(target: string | undefined): Lifecycle
  /** A sign-in or a sign-out has put this record, as it is stored, in place of what all targets had. */
  replaced(snapshot: Snapshot): void
  readonly memory: TokenMemory
  /** Tokens newer than `rejected` (-1: any). A caller that leaves does not stop the work. @throws `signal.reason` */
  wait(rejected: number, signal: AbortSignal | null | undefined, acquirer: Acquirer): Promise<Outcome>
  /** Refreshes, or reads again, in the background where that is due. Nobody waits for it. */
  keepFresh(acquirer: Acquirer): void
  readonly acceptance: Acceptance
  /** The API accepted tokens of this generation: it does not refuse every token. */
  accept(generation: number, sent: SentTo | undefined, isReplay: boolean): void
  /** Resolves when all servers of the API know these tokens; all callers wait for one moment. @throws `signal.reason` */
  spread(held: HeldTokens, maxWaitMs: number, signal: AbortSignal | null | undefined): Promise<void>
  /** Resolves when nothing is left to be stored, for any target. */
  drain(): Promise<void>
}

/** What the lifecycles of one store key have in common, whatever the target. */
export interface Family extends Pick<Lifecycle, 'of' | 'replaced' | 'drain'> {
  readonly known: KnownRecord
}

export function createTargetLifecycle(
  clock: Clock,
  windows: ExpiryWindows,
  family: Family,
  target: string | undefined,
): { readonly lifecycle: Lifecycle; drain(): Promise<void> } {
  const memory = createTokenMemory(clock, windows, family.known, target)
  const flights = createFlights(clock, memory)
  const acceptance = createAcceptance(clock)
  let spreading: { readonly held: HeldTokens; readonly ended: Promise<void> } | undefined
  let backgroundAfter = Number.NEGATIVE_INFINITY
  const start = (rejected: number, soft: boolean, acquirer: Acquirer) =>
    flights.start({ rejected, soft, accepted: acceptance.generation }, acquirer)

  const lifecycle: Lifecycle = {
    ...family,
    memory,
    wait: (rejected, signal, acquirer) => wait({ clock, memory, flights, start }, { rejected, signal, acquirer }),
    acceptance,
    accept(generation, sent, isReplay) {
      if (acceptance.accept(generation, sent, isReplay) || isReplay) memory.forgetFailure()
    },
    spread(held, maxWaitMs, signal) {
      if (spreading?.held !== held) {
        const { wall, mono } = held.knownFrom
        const leftMs = Math.min(wall - clock.now(), mono - clock.monotonic(), maxWaitMs)
        spreading = { held, ended: clock.sleep(leftMs) }
      }
      return abortable(spreading.ended, signal)
    },
    keepFresh(acquirer) {
      const held = memory.held
      tellIfDue(memory, acquirer)
      if (!held || flights.current() || clock.monotonic() < backgroundAfter) return
      backgroundAfter = clock.monotonic() + BACKGROUND_PAUSE_MS
      if (hasPassed(held.softExpiry, clock)) return void start(-1, true, acquirer).outcome.then(tryAgainWhenDue)
      const reading = readAgain(memory, acquirer).then(async (isLost) => {
        if (isLost) await start(-1, true, acquirer).outcome
      })
      acquirer.waitUntil?.(reading)
    },
  }
  return { lifecycle, drain: flights.drain }

  /** By the store's clock, which was read later than ours, a refresh may not be due yet. */
  function tryAgainWhenDue(): void {
    const { held } = memory
    if (held && !hasPassed(held.softExpiry, clock)) backgroundAfter = Math.min(backgroundAfter, held.softExpiry.mono)
  }
}

/** Only a person can give what comes after this refresh token. */
function tellIfDue(memory: TokenMemory, { policy, changed }: Acquirer): void {
  const due = policy.canRefresh && !policy.canAcquire ? memory.newlyDue() : undefined
  if (due) changed({ type: 'due', ...due })
}

/** Learns of another process's sign-out or refresh; tells whether the store has lost what this process knows. A store that cannot be read is asked again later. */
async function readAgain(memory: TokenMemory, { runtime, policy, changed }: Acquirer): Promise<boolean> {
  try {
    const snapshot = await readSnapshot(runtime, policy.key, false, policy.target)
    if (memory.remember(snapshot)) changed({ type: 'remember', snapshot, own: false })
    return isBehind(snapshot.record, memory.newest)
  } catch (error) {
    const { type, reason } = storeFailure(error)
    if (type === 'store_unavailable') changed({ type: 'degraded', reason })
    return false
  }
}

interface Parts {
  readonly clock: Clock
  readonly memory: TokenMemory
  readonly flights: Flights
  start(rejected: number, soft: boolean, acquirer: Acquirer): TrackedFlight
}

interface Caller {
  readonly rejected: number
  readonly signal: AbortSignal | null | undefined
  readonly acquirer: Acquirer
}

async function wait(
  { clock, memory, flights, start }: Parts,
  { rejected, signal, acquirer }: Caller,
): Promise<Outcome> {
  const deadline = clock.monotonic() + acquirer.policy.maxWaitMs
  const leave: Array<() => void> = []
  let silent: readonly TrackedFlight[] = []
  try {
    for (;;) {
      throwIfAborted(signal)
      const ready = atHand(memory, rejected)
      if (ready) return ready
      const flight = flights.current() ?? start(rejected, false, acquirer)
      leave.push(flight.join())
      const before = memory.held?.generation ?? -1
      const ended = await waitForAny([flight, ...silent], { clock, deadline, signal })
      if (ended === 'late') return { type: 'timeout' }
      if (ended !== 'silent' && isAnswer(ended, { rejected, before, memory })) return ended.outcome
      // One that has ended has said all it will say; whoever waited for it again would wait in circles.
      const left = ended === 'silent' ? flight : ended.flight
      flights.abandon(left)
      silent = ended === 'silent' ? [flight, ...silent] : silent.filter((other) => other !== left)
    }
  } finally {
    for (const end of leave) end()
  }
}

function atHand(memory: TokenMemory, rejected: number): Outcome | undefined {
  const held = memory.usable(rejected)
  return held ? { type: 'tokens', held } : memory.recentFailure(rejected)
}

/**
 * A set just obtained is handed at least once to everyone who waited for it, whatever its lifetime. The end of a flight
 * that was started for another need (in the background, or for an older refusal) may be no answer.
 */
function isAnswer(
  { outcome, flight }: Ended,
  caller: { rejected: number; before: number; memory: TokenMemory },
): boolean {
  if (outcome.type !== 'tokens') return !flight.goal.soft && flight.goal.rejected === caller.rejected
  const { generation } = outcome.held
  return (
    generation > caller.rejected && (generation > caller.before || caller.memory.usable(caller.rejected) !== undefined)
  )
}

/** A flight in which nothing happened for this long is no longer relied on: on Workers its request may have ended. */
const SILENCE_MS = 2_000

export interface WaitLimits {
  readonly clock: Clock
  /** Monotonic ms. */
  readonly deadline: number
  readonly signal: AbortSignal | null | undefined
}

/** A flight that has ended, and how. */
export interface Ended {
  readonly flight: TrackedFlight
  readonly outcome: Outcome
}

/** Waits for the first of `flights`: its outcome, `silent` when the newest (the first) is, or `late`. @throws `signal.reason` */
async function waitForAny(
  flights: readonly [TrackedFlight, ...TrackedFlight[]],
  limits: WaitLimits,
): Promise<Ended | 'silent' | 'late'> {
  const stop = new AbortController()
  const ends = flights.map((flight) => flight.outcome.then((outcome) => ({ flight, outcome })))
  try {
    return await abortable(Promise.race([...ends, alarm(flights[0], limits, stop.signal)]), limits.signal)
  } finally {
    // A reason saves the error that would be made for each caller.
    stop.abort(null)
  }
}

async function alarm(
  flight: TrackedFlight,
  { clock, deadline }: WaitLimits,
  stop: AbortSignal,
): Promise<'silent' | 'late'> {
  while (!stop.aborted) {
    const leftMs = deadline - clock.monotonic()
    if (leftMs <= 0) return 'late'
    await sleepOut(clock, Math.min(leftMs, SILENCE_MS), stop)
    if (clock.monotonic() - flight.progressAt() >= SILENCE_MS) return 'silent'
  }
  return 'late'
}

/** How one credential obtains tokens; a flight uses that of the credential that started it. */
export interface Acquirer {
  readonly runtime: Omit<FlightRuntime, 'processId' | 'changed' | 'hasEnded' | 'newest'>
  readonly policy: FlightPolicy
  /** Whose flights use it: an account with work under way is not forgotten. */
  readonly lifecycle: Lifecycle
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
  /** Called with what happened. `remember`: only for tokens that another process obtained. */
  changed(change: LifecycleChange): void
}

export type LifecycleChange =
  | ChangeEffect
  | { readonly type: 'due'; readonly generation: number; readonly refreshExpiresAt: number }

export type Outcome = { readonly type: 'tokens'; readonly held: HeldTokens } | NegativeResult

export interface TrackedFlight {
  readonly goal: Goal
  readonly outcome: Promise<Outcome>
  /** When anything last happened; monotonic ms. */
  progressAt(): number
  /** Somebody waits for it, until what is returned is called. */
  join(): () => void
}

/** The flights of one store key in this process; new callers join the current one. */
export interface Flights {
  current(): TrackedFlight | undefined
  start(goal: Goal, acquirer: Acquirer): TrackedFlight
  /** Nobody joins this flight any more; it goes on. */
  abandon(flight: TrackedFlight): void
  /** Resolves when none has anything left to store, or a store that stays down has been given time to recover. */
  drain(): Promise<void>
}

function createFlights(clock: Clock, memory: TokenMemory): Flights {
  const running = new Set<Flight>()
  const acquireAlone = createAcquireAlone(clock)
  let current: TrackedFlight | undefined
  let count = 0
  let seen: Seen = {}
  /** Prefix of the ids of everything that this process writes; Workers have no random numbers while modules load. */
  let processId = ''

  const abandon = (flight: TrackedFlight): void => {
    if (current === flight) current = undefined
  }
  const hasEnded = (lease: string): boolean =>
    lease.startsWith(`${processId}-`) && ![...running].some(({ id }) => lease.startsWith(`${id}:`))
  /** What the end of a flight means to this process. */
  const outcomeOf = async (result: FlightResult, goal: Goal, acquirer: Acquirer): Promise<Outcome> => {
    const ended = await acquireAlone(result, goal, acquirer)
    if (ended.type === 'unstored') return { type: 'tokens', held: memory.holdUnstored(ended.tokens) }
    if (ended.type === 'tokens') {
      tellIfDue(memory, acquirer)
      return memory.held ? { type: 'tokens', held: memory.held } : { type: 'not_signed_in' }
    }
    const negative =
      ended.type === 'token_unavailable' ? { ...ended, retryAt: Math.ceil(clock.now() + ended.retryInMs) } : ended
    if (!goal.soft && negative.type !== 'timeout' && negative.type !== 'signed_out')
      memory.rememberFailure(negative, goal.rejected)
    return negative
  }

  return {
    current: () => current,
    abandon,
    start(goal, acquirer) {
      count += 1
      processId ||= randomId()
      const changed = (effect: ChangeEffect) => {
        if (effect.type === 'remember') seen = { ...seen, clocks: effect.snapshot }
        filterChange(effect, memory, processId, acquirer)
      }
      const runtime = { ...acquirer.runtime, processId, changed, hasEnded, newest: () => memory.newest }
      const flight = runFlight(`${processId}-${count}`, goal, acquirer.policy, runtime, seen)
      const tracked: TrackedFlight = {
        goal,
        progressAt: flight.progressAt,
        join: flight.join,
        outcome: flight.result.then(async (result) => {
          const outcome = await outcomeOf(result, goal, acquirer)
          // It may go on to look for its lease, and says nothing more.
          if (result.type === 'store_unavailable') abandon(tracked)
          return outcome
        }),
      }
      const answered = tracked.outcome.catch(() => {})
      running.add(flight)
      current = tracked
      const ended = flight.done.then(async () => {
        running.delete(flight)
        seen = { ...seen, lease: flight.seen().lease }
        await answered
        abandon(tracked)
      })
      acquirer.waitUntil?.(ended)
      return tracked
    },
    async drain() {
      const busy = () => [...running].filter((flight) => flight.goal.soft || flight.isHolding())
      while (busy().length > 0) {
        for (const flight of busy()) flight.close()
        await Promise.all(busy().map((flight) => flight.done))
      }
    },
  }
}

/** Memory takes what the store holds; the credential hears of it only where another process obtained the tokens. */
function filterChange(effect: ChangeEffect, memory: TokenMemory, processId: string, acquirer: Acquirer): void {
  if (effect.type !== 'remember' && effect.type !== 'deliver') return acquirer.changed(effect)
  const isNews = effect.type === 'remember' ? memory.remember(effect.snapshot) : memory.expect(effect.snapshot)
  const { record } = effect.snapshot
  if (isNews && !(record && accessSetOf(record).setId.startsWith(processId))) acquirer.changed(effect)
}

/** Token requests that failed while the store was down, and nobody else could know: what a record would hold. */
interface UnsharedFailure {
  /** Failures in a row. */
  readonly count: number
  /** This process's monotonic clock. */
  readonly retryAt: number
  readonly failure: Failed
}

type Alone = FlightResult | { readonly type: 'unstored'; readonly tokens: ObtainedTokens }

/** While the store is down, tokens of a grant that spends nothing are acquired for this process alone. */
function createAcquireAlone(clock: Clock) {
  let unshared: UnsharedFailure | undefined
  return async (result: FlightResult, goal: Goal, { policy, runtime }: Acquirer): Promise<Alone> => {
    if (result.type === 'tokens') unshared = undefined
    const mayAcquire = policy.canAcquire && !policy.canRefresh && !goal.soft
    if (result.type !== 'store_unavailable' || !result.isDown || !mayAcquire) return result
    if (unshared && unshared.retryAt > clock.monotonic()) return unsharedResult(unshared, clock)
    const outcome = await callGrant(runtime, { mode: 'acquire' })
    if (outcome.type === 'obtained') {
      unshared = undefined
      return { type: 'unstored', tokens: outcome.tokens }
    }
    const count = (unshared?.count ?? 0) + 1
    const waitMs =
      outcome.kind === 'client_rejected'
        ? rejectionHoldMs(count)
        : Math.max(STORE_PATIENCE_MS, retryWaitMs(count, outcome.retryAfterMs, clock.random()))
    unshared = { count, retryAt: clock.monotonic() + waitMs, failure: outcome }
    return unsharedResult(unshared, clock)
  }
}

function unsharedResult({ failure, retryAt }: UnsharedFailure, clock: Clock): FlightResult {
  if (failure.kind === 'client_rejected') return { type: 'client_rejected', rejection: failure }
  const retryInMs = retryAt - clock.monotonic()
  const { status, oauthError, description } = failure
  return { type: 'token_unavailable', retryInMs, status, oauthError, description, reason: reasonOf(failure) }
}
