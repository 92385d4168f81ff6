import type { Clock } from './clock.ts'
import { randomId } from './fingerprint.ts'
import { type Flight, type FlightShell, type NoticeEffect, runFlight } from './flight/run-flight.ts'
import type { FlightPolicy, FlightResult, Need } from './flight/state.ts'
import { beginFlight } from './flight/step.ts'
import type { HeldTokens } from './held-tokens.ts'
import type { NegativeResult } from './negative-result.ts'
import type { TokenMemory } from './token-memory.ts'

/** How one credential obtains tokens; a flight uses that of the credential that started it. */
export interface Driver {
  readonly shell: Omit<FlightShell, 'processId' | 'notice'>
  readonly policy: FlightPolicy
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
  /** Told what happened. `remember`: only of tokens that another process obtained. */
  notice(effect: NoticeEffect): void
}

export type Outcome = { readonly type: 'tokens'; readonly held: HeldTokens } | NegativeResult

export interface TrackedFlight {
  readonly need: Need
  readonly outcome: Promise<Outcome>
  /** When anything last happened; monotonic ms. */
  progressAt(): number
}

/** The flights of one store key in this process; new callers join the current one. */
export interface Flights {
  current(): TrackedFlight | undefined
  start(need: Need, driver: Driver): TrackedFlight
  /** Nobody joins this flight any more; it goes on. */
  distrust(flight: TrackedFlight): void
  /** Resolves when none has anything left to store. */
  drain(): Promise<void>
}

export function createFlights(clock: Clock, memory: TokenMemory): Flights {
  const running = new Set<Flight>()
  let current: TrackedFlight | undefined
  let count = 0
  /** Prefix of the ids of everything that this process writes; Workers have no random numbers while modules load. */
  let processId = ''

  const distrust = (flight: TrackedFlight): void => {
    if (current === flight) current = undefined
  }

  return {
    current: () => current,
    distrust,
    start(need, driver) {
      count += 1
      processId ||= randomId()
      const notice = (effect: NoticeEffect) => filterNotice(effect, memory, processId, driver)
      const flight = runFlight(beginFlight(`${processId}-${count}`, need, driver.policy), {
        ...driver.shell,
        processId,
        notice,
      })
      const tracked: TrackedFlight = {
        need,
        progressAt: flight.progressAt,
        outcome: flight.result.then((result) => concluded(result, need, memory, clock)),
      }
      tracked.outcome.catch(() => {})
      running.add(flight)
      current = tracked
      const ended = flight.done.then(() => {
        running.delete(flight)
        distrust(tracked)
      })
      driver.waitUntil?.(ended)
      return tracked
    },
    async drain() {
      const busy = () => [...running].filter((flight) => flight.need.soft || flight.isHolding())
      while (busy().length > 0) await Promise.all(busy().map((flight) => flight.done))
    },
  }
}

/** Memory takes what the store holds; the credential hears of it only where another process obtained the tokens. */
function filterNotice(effect: NoticeEffect, memory: TokenMemory, processId: string, driver: Driver): void {
  if (effect.type !== 'remember' && effect.type !== 'deliver') return driver.notice(effect)
  const isNews = memory.remember(effect.known)
  if (isNews && !effect.known.record?.setId.startsWith(processId)) driver.notice(effect)
}

/** Once per flight: what its end means to this process. */
function concluded(result: FlightResult, need: Need, memory: TokenMemory, clock: Clock): Outcome {
  if (result.type === 'unstored') return { type: 'tokens', held: memory.holdUnstored(result.tokens) }
  if (result.type === 'tokens') {
    const held = memory.held()
    return held ? { type: 'tokens', held } : { type: 'not-signed-in' }
  }
  const negative =
    result.type === 'unavailable' ? { ...result, retryAt: Math.ceil(clock.now() + result.retryInMs) } : result
  if (!need.soft && negative.type !== 'timeout' && negative.type !== 'signed-out')
    memory.rememberFailure(negative, need.rejected)
  return negative
}
