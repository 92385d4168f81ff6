import type { SentTo } from '../credential.ts'
import { isBehind, MAX_TARGETS, readSnapshot, type Snapshot, storeFailure, viewOf } from '../refresh/run.ts'
import { abortable, type Clock, onAbort, throwIfAborted } from '../time.ts'
import { Acceptance } from './acceptance.ts'
import { type Acquirer, Flights, type Outcome, type TrackedFlight, type Waiter } from './flights.ts'
import { type HeldTokens, hasPassed, type KnownRecord, TokenMemory } from './memory.ts'
import type { ExpiryWindows, GrantRecord } from './record.ts'

/** Background work that did not help is tried again this much later. */
const BACKGROUND_PAUSE_MS = 1_000

type Signal = AbortSignal | null | undefined

/** The tokens of one store key in this process, for one target. */
export class Lifecycle implements KnownRecord {
  readonly clock: Clock
  readonly windows: ExpiryWindows
  newest: GrantRecord | undefined = undefined
  readonly memory: TokenMemory
  readonly acceptance: Acceptance
  readonly #flights: Flights
  /** Of the grant's own target. One record, and one lease, for all. */
  readonly #main: Lifecycle
  /** By target, those asked for last at the end. A forgotten one is to the others as one of another process. */
  #others: Map<string, Lifecycle> | undefined = undefined
  #spreading: { readonly held: HeldTokens; readonly ended: Promise<void> } | undefined = undefined
  #backgroundAfter = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, windows: ExpiryWindows, main?: Lifecycle, target?: string) {
    this.clock = clock
    this.windows = windows
    this.#main = main ?? this
    this.memory = new TokenMemory(this.#main, target)
    this.acceptance = new Acceptance(clock)
    this.#flights = new Flights(this)
  }

  /** The same for another target. */
  of(target: string | undefined): Lifecycle {
    const main = this.#main
    if (target === undefined) return main
    main.#others ??= new Map()
    const others = main.#others
    const member = others.get(target) ?? new Lifecycle(this.clock, this.windows, main, target)
    others.delete(target)
    others.set(target, member)
    for (const oldest of others.keys()) if (others.size > MAX_TARGETS) others.delete(oldest)
    return member
  }

  /** A sign-in or a sign-out has replaced the record of all targets with this one, as it is stored. */
  replaced(snapshot: Snapshot): void {
    const main = this.#main
    for (const [target, { memory }] of [[undefined, main] as const, ...(main.#others ?? [])]) {
      memory.clear()
      memory.remember({ ...snapshot, record: snapshot.record && viewOf(snapshot.record, target) })
    }
  }

  /**
   * Tokens newer than `rejected` (-1: any). A caller that leaves does not stop the work. The caller's clock may be another one, so
   * it says how long it waits, not until when. @throws `signal.reason`
   */
  wait(rejected: number, signal: Signal, acquirer: Acquirer, waitMs: number): Promise<Outcome> {
    const deadline = this.clock.monotonic() + waitMs
    return new Promise((resolve, reject) => {
      new Waiting(this, rejected, acquirer, deadline, resolve, reject).begin(signal)
    })
  }

  /** The flight that a caller joins. */
  join(rejected: number, acquirer: Acquirer): TrackedFlight {
    return this.#flights.current ?? this.#start(rejected, false, acquirer)
  }

  /** No caller joins this flight any more; it continues. */
  abandon(flight: TrackedFlight): void {
    this.#flights.abandon(flight)
  }

  #start(rejected: number, soft: boolean, acquirer: Acquirer): TrackedFlight {
    return this.#flights.start({ rejected, soft, accepted: this.acceptance.generation }, acquirer)
  }

  /** Refreshes, or reads again, in the background when due. It is not awaited. */
  keepFresh(acquirer: Acquirer): void {
    const { clock, memory } = this
    const { held } = memory
    this.tellIfDue(acquirer)
    if (!held || this.#flights.current || clock.monotonic() < this.#backgroundAfter) return
    this.#backgroundAfter = clock.monotonic() + BACKGROUND_PAUSE_MS
    if (hasPassed(held, held.softExpiry, clock))
      return void this.#start(-1, true, acquirer).outcome.then(() => this.#tryAgainWhenDue())
    const reading = this.#readAgain(acquirer).then(async (isLost) => {
      if (isLost) await this.#start(-1, true, acquirer).outcome
    })
    acquirer.waitUntil(reading)
  }

  /** By the store's clock, which was read later than ours, a refresh may not be due yet. */
  #tryAgainWhenDue(): void {
    const { held } = this.memory
    if (held && !hasPassed(held, held.softExpiry, this.clock))
      this.#backgroundAfter = Math.min(this.#backgroundAfter, held.softExpiry)
  }

  /** Only a person can give what comes after this refresh token. */
  tellIfDue(acquirer: Acquirer): void {
    const { policy } = acquirer
    const due = policy.canRefresh && !policy.canAcquire ? this.memory.newlyDue() : undefined
    if (due) acquirer.changed({ type: 'due', ...due })
  }

  /** Learns of another process's sign-out or refresh; tells whether the store has lost what this process knows. A store that cannot be read is asked again later. */
  async #readAgain(acquirer: Acquirer): Promise<boolean> {
    const { runtime, policy } = acquirer
    try {
      const snapshot = await readSnapshot(runtime, policy.key, false, policy.target)
      if (this.memory.remember(snapshot)) acquirer.changed({ type: 'remember', snapshot, own: false })
      return isBehind(snapshot.record, this.memory.newest)
    } catch (error) {
      const { type, reason } = storeFailure(error)
      if (type === 'store_unavailable') acquirer.changed({ type: 'degraded', reason })
      return false
    }
  }

  /** The API accepted tokens of this generation: it does not refuse every token. */
  accept(generation: number, sent: SentTo | undefined, isReplay: boolean): void {
    if (this.acceptance.accept(generation, sent, isReplay) || isReplay) this.memory.forgetFailure()
  }

  /** Resolves when all servers of the API know these tokens; all callers wait for one moment. @throws `signal.reason` */
  spread(held: HeldTokens, maxWaitMs: number, signal: Signal): Promise<void> {
    if (this.#spreading?.held !== held) {
      const { knownFrom, wallAheadMs } = held
      const { clock } = this
      const leftMs = Math.min(knownFrom + wallAheadMs - clock.now(), knownFrom - clock.monotonic(), maxWaitMs)
      this.#spreading = { held, ended: clock.sleep(leftMs) }
    }
    return abortable(this.#spreading.ended, signal)
  }

  /** Resolves when nothing is left to be stored, for any target. */
  async drain(): Promise<void> {
    const main = this.#main
    await Promise.all([main, ...(main.#others?.values() ?? [])].map((member) => member.#flights.drain()))
  }
}

/** A caller that waits for tokens. A class, since thousands may wait at one moment. */
class Waiting implements Waiter {
  readonly deadline: number
  readonly #lifecycle: Lifecycle
  readonly #rejected: number
  readonly #acquirer: Acquirer
  readonly #resolve: (outcome: Outcome) => void
  readonly #reject: (error: unknown) => void
  #stay: (() => void) | undefined = undefined
  #flight: TrackedFlight | undefined = undefined
  #silent: readonly TrackedFlight[] = NONE
  /** The generation that memory held when it joined. */
  #before = -1
  #isOver = false

  constructor(
    lifecycle: Lifecycle,
    rejected: number,
    acquirer: Acquirer,
    deadline: number,
    resolve: (outcome: Outcome) => void,
    reject: (error: unknown) => void,
  ) {
    this.deadline = deadline
    this.#lifecycle = lifecycle
    this.#rejected = rejected
    this.#acquirer = acquirer
    this.#resolve = resolve
    this.#reject = reject
  }

  begin(signal: Signal): void {
    if (signal)
      this.#stay = onAbort(signal, () => {
        try {
          throwIfAborted(signal)
        } catch (reason) {
          this.failed(reason)
        }
      })
    if (!this.#isOver) this.#join()
  }

  #join(): void {
    const { memory } = this.#lifecycle
    const held = memory.usable(this.#rejected)
    const ready: Outcome | undefined = held ? { type: 'tokens', held } : memory.recentFailure(this.#rejected)
    if (ready) return this.#answer(ready)
    const flight = this.#lifecycle.join(this.#rejected, this.#acquirer).forRequest()
    if (this.#flight && this.#flight !== flight) this.#silent = [this.#flight, ...this.#silent]
    this.#flight = flight
    this.#before = memory.held?.generation ?? -1
    flight.join(this)
  }

  ended(flight: TrackedFlight, outcome: Outcome): void {
    if (this.#isOver) return
    if (this.#isAnswer(flight, outcome)) return this.#answer(outcome)
    // It reports no more; a caller that joined it again would wait in a loop.
    this.#lifecycle.abandon(flight)
    this.#silent = this.#silent.filter((other) => other !== flight)
    if (this.#flight === flight) this.#flight = undefined
    this.#join()
  }

  fellSilent(flight: TrackedFlight): void {
    this.#lifecycle.abandon(flight)
    this.#join()
  }

  late(): void {
    this.#answer({ type: 'timeout' })
  }

  failed(error: unknown): void {
    this.#leave()
    this.#reject(error)
  }

  #answer(outcome: Outcome): void {
    this.#leave()
    this.#resolve(outcome)
  }

  #leave(): void {
    this.#isOver = true
    this.#stay?.()
    this.#flight?.leave(this)
    for (const flight of this.#silent) flight.leave(this)
  }

  /**
   * A set just obtained is handed at least once to every caller that waited for it, with any lifetime. The end of a flight
   * that was started for another need (in the background, or for an older refusal) may be no answer.
   */
  #isAnswer({ goal }: TrackedFlight, outcome: Outcome): boolean {
    const rejected = this.#rejected
    if (outcome.type !== 'tokens') return !goal.soft && goal.rejected === rejected
    const { generation } = outcome.held
    return generation > rejected && (generation > this.#before || this.#lifecycle.memory.usable(rejected) !== undefined)
  }
}

/** Shared, since flights rarely fall silent. */
const NONE: readonly TrackedFlight[] = []
