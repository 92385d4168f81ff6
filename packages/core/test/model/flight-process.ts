import type { FlightEffect, FlightFact, FlightPolicy, FlightResult, FlightState } from '../../src/flight/state.ts'
import { beginFlight, step } from '../../src/flight/step.ts'
import {
  KEY,
  type Message,
  type Process,
  problem,
  type Scenario,
  type Seen,
  see,
  setOf,
  type Timer,
  type World,
  withProcess,
} from './world.ts'

/** Jitter stays in the middle: what chance does is the simulation's business. */
const RANDOM = 0.5
const MAX_WAIT_MS = 60_000

function policyOf(scenario: Scenario): FlightPolicy {
  const windows = { refreshAheadMs: 60_000, expiryLeewayMs: 5_000, jitter: 0 }
  const { canIssue = false, canRefresh = true } = scenario
  return { key: KEY, canIssue, canRefresh, windows, maxWaitMs: MAX_WAIT_MS }
}

export function startFlight(world: World, index: number, scenario: Scenario): World {
  const process = processOf(world, index)
  const flights = process.flights + 1
  const rejected = scenario.ablation === 'refused generation forgotten' ? -1 : process.rejected
  const need = { rejected, soft: scenario.soft ?? false, accepted: -1 }
  const flight = beginFlight(`p${index}-${flights}`, need, policyOf(scenario))
  return tell(
    withProcess(world, index, { ...process, flight, flights, firstRead: undefined }),
    index,
    { type: 'start' },
    scenario,
  )
}

const ENDS_CALL: ReadonlySet<FlightFact['type']> = new Set(['read', 'written', 'write-lost', 'write-unknown'])

/** Gives an event to the real `step` and lets its effects begin. */
export function tell(world: World, index: number, fact: FlightFact, scenario: Scenario): World {
  const process = processOf(world, index)
  if (!process.flight) throw new Error('no flight is under way')
  const next = step(process.flight, { ...fact, mono: world.now, random: RANDOM })
  const timers = process.timers.filter(({ timer }) => fact.type !== 'woke' || timer !== fact.timer)
  const waiting = { ...process, timers, flight: next.state, calls: ENDS_CALL.has(fact.type) ? [] : process.calls }
  const begun = next.effects.reduce(
    (current, effect) => begin(current, index, effect, scenario),
    withProcess(world, index, waiting),
  )
  return forgetTimers(begun, index, scenario)
}

function begin(world: World, index: number, effect: FlightEffect, scenario: Scenario): World {
  const process = processOf(world, index)
  switch (effect.type) {
    case 'read':
    case 'write':
      if (process.calls.length > 0) return problem(world, 'TWO-STORE-CALLS')
      return withProcess(world, index, { ...process, calls: [effect] })
    case 'pause':
      return withProcess(world, index, { ...process, timers: [...process.timers, timerOf(world, effect)] })
    case 'request':
      return { ...world, network: [...world.network, messageOf(world, index, effect)] }
    case 'settle':
      return settle(world, index, effect.result, scenario)
    default:
      return world
  }
}

/** Who waits for a claim is woken by its end or by a change: polling in between changes nothing. */
function timerOf(world: World, { ms, timer, change }: Extract<FlightEffect, { type: 'pause' }>): Timer {
  const until = world.record?.claim?.until ?? 0
  const due = change ? Math.max(world.now + ms, until + 1) : world.now + ms
  return { timer, due, ...(change && { version: change.version }) }
}

function messageOf(world: World, index: number, effect: Extract<FlightEffect, { type: 'request' }>): Message {
  const claim = processOf(world, index).flight?.claim
  return {
    process: index,
    claim: claim?.id ?? '',
    setId: claim?.setId ?? '',
    attempt: claim?.attempt ?? 0,
    refreshToken: effect.mode === 'refresh' ? Number(effect.refreshToken) : -1,
    stage: 'request',
    isAbandoned: false,
  }
}

/** Timers that `step` would ignore are no events. */
function forgetTimers(world: World, index: number, scenario: Scenario): World {
  const process = processOf(world, index)
  const live = liveTimers(process.flight, scenario)
  return withProcess(world, index, { ...process, timers: process.timers.filter(({ timer }) => live.includes(timer)) })
}

function liveTimers(flight: FlightState | undefined, scenario: Scenario): Array<number | undefined> {
  if (!flight) return []
  const { pause, renewal, grace } = flight.timers
  const isRenewing =
    flight.phase === 'requesting' && !flight.outcome && flight.renewal === 'idle' && scenario.ablation !== 'no renewal'
  const isHandingOver = flight.outcome?.type === 'obtained' && flight.claim?.wasDelivered === false
  const isPausing = flight.phase === 'pausing' || flight.phase === 'committing'
  return [isPausing ? pause : undefined, isRenewing ? renewal : undefined, isHandingOver ? grace : undefined]
}

function settle(world: World, index: number, result: FlightResult, scenario: Scenario): World {
  const idle: Process = { ...processOf(world, index), flight: undefined, timers: [], calls: [] }
  if (scenario.soft) return endOperation(withProcess(world, index, idle), index, 'ok')
  if (result.type !== 'tokens') return endOperation(withProcess(world, index, idle), index, ending(result))
  const using = { set: setOf(result.known.record), generation: result.known.record?.generation ?? -1 }
  return withProcess(world, index, { ...idle, using })
}

type Ending = 'ok' | 'refused' | 'reauthorize' | 'unavailable' | 'notSignedIn'

function ending(result: FlightResult): Ending {
  switch (result.type) {
    case 'dead':
      return 'reauthorize'
    case 'not-signed-in':
    case 'signed-out':
      return 'notSignedIn'
    case 'nothing':
    case 'unreadable':
    case 'rejected':
      return 'refused'
    default:
      return 'unavailable'
  }
}

export function endOperation(world: World, index: number, how: Ending): World {
  const process = processOf(world, index)
  const operations = how === 'ok' ? process.operations - 1 : 0
  const next: Process = {
    ...process,
    using: undefined,
    rejected: -1,
    operations,
    status: operations > 0 ? process.status : 'done',
  }
  const counted: Partial<Seen> = { [how]: world.seen[how] + 1 }
  return see(withProcess(world, index, next), counted)
}

export function processOf(world: World, index: number): Process {
  const process = world.processes[index]
  if (!process) throw new Error(`there is no process ${index}`)
  return process
}
