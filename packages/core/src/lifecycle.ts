import type { Clock } from './clock.ts'
import type { ExpiryWindows } from './expiry.ts'
import { readKnown, storeProblem } from './flight/run-flight.ts'
import { createFlights, type Driver, type Flights, type Outcome, type TrackedFlight } from './flights.ts'
import { hasPassed } from './held-tokens.ts'
import { createTokenMemory, type TokenMemory } from './token-memory.ts'
import { type Ended, waitForAny } from './wait.ts'

/** Background work that did not help is tried again this much later. */
const BACKGROUND_PAUSE_MS = 1_000

/** The tokens of one store key in this process. */
export interface Lifecycle {
  readonly memory: TokenMemory
  /** Tokens newer than `rejected` (-1: any). A caller that leaves does not stop the work. @throws `signal.reason` */
  wait(rejected: number, signal: AbortSignal | null | undefined, driver: Driver): Promise<Outcome>
  /** Refreshes, or reads again, in the background where that is due. Nobody waits for it. */
  attend(driver: Driver): void
  /** The API accepted tokens of this generation after a renewal. */
  accept(generation: number): void
  /** Resolves when nothing is left to be stored. */
  drain(): Promise<void>
}

export function createLifecycle(clock: Clock, windows: ExpiryWindows): Lifecycle {
  const memory = createTokenMemory(clock, windows)
  const flights = createFlights(clock, memory)
  let accepted = -1
  let backgroundAfter = Number.NEGATIVE_INFINITY
  const start = (rejected: number, soft: boolean, driver: Driver) => flights.start({ rejected, soft, accepted }, driver)

  return {
    memory,
    drain: flights.drain,
    wait: (rejected, signal, driver) => wait({ clock, memory, flights, start }, { rejected, signal, driver }),
    accept(generation) {
      accepted = Math.max(accepted, generation)
      memory.forgetFailure()
    },
    attend(driver) {
      const held = memory.held()
      if (!held || flights.current() || clock.monotonic() < backgroundAfter) return
      backgroundAfter = clock.monotonic() + BACKGROUND_PAUSE_MS
      if (hasPassed(held.softExpiry, clock)) return void start(-1, true, driver)
      const reading = readAgain(memory, driver)
      driver.waitUntil?.(reading)
    },
  }
}

/** Learns of another process's sign-out or refresh. A store that cannot be read is asked again later. */
async function readAgain(memory: TokenMemory, { shell, policy, notice }: Driver): Promise<void> {
  try {
    const known = await readKnown(shell, policy.key)
    if (known && memory.remember(known)) notice({ type: 'remember', known, own: false })
  } catch (error) {
    notice({ type: 'degraded', reason: storeProblem(error) })
  }
}

interface Parts {
  readonly clock: Clock
  readonly memory: TokenMemory
  readonly flights: Flights
  start(rejected: number, soft: boolean, driver: Driver): TrackedFlight
}

interface Caller {
  readonly rejected: number
  readonly signal: AbortSignal | null | undefined
  readonly driver: Driver
}

async function wait({ clock, memory, flights, start }: Parts, { rejected, signal, driver }: Caller): Promise<Outcome> {
  const deadline = clock.monotonic() + driver.policy.maxWaitMs
  let silent: readonly TrackedFlight[] = []
  for (;;) {
    signal?.throwIfAborted()
    const ready = atHand(memory, rejected)
    if (ready) return ready
    const flight = flights.current() ?? start(rejected, false, driver)
    const before = memory.held()?.generation ?? -1
    const ended = await waitForAny([flight, ...silent], { clock, deadline, signal })
    if (ended === 'late') return { type: 'timeout' }
    if (ended !== 'silent' && isAnswer(ended, { rejected, before, memory })) return ended.outcome
    // One that has ended has said all it will say; whoever waited for it again would wait in circles.
    const left = ended === 'silent' ? flight : ended.flight
    flights.distrust(left)
    silent = ended === 'silent' ? [flight, ...silent] : silent.filter((other) => other !== left)
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
  if (outcome.type !== 'tokens') return !flight.need.soft && flight.need.rejected === caller.rejected
  const { generation } = outcome.held
  return (
    generation > caller.rejected && (generation > caller.before || caller.memory.usable(caller.rejected) !== undefined)
  )
}
