import { step } from '../../src/refresh/protocol.ts'
import {
  beginFlight,
  type FlightEffect,
  type FlightFact,
  type FlightPolicy,
  type FlightResult,
  type FlightState,
} from '../../src/refresh/state.ts'
import { accessSetOf, storedOf } from '../../src/refresh/targets.ts'
import type { GrantRecord } from '../../src/tokens/record.ts'
import {
  KEY,
  type Message,
  type Process,
  problem,
  type Scenario,
  type Seen,
  START,
  see,
  setOf,
  type Timer,
  type World,
  withProcess,
} from './world.ts'

/** Jitter stays in the middle: what chance does is the simulation's business. */
const RANDOM = 0.5
const MAX_WAIT_MS = 60_000

/** What an operation of a process needs an access token for: the first target is the grant's own. */
export function targetOf(world: World, index: number, { targets = 1 }: Scenario): string | undefined {
  const target = (index + processOf(world, index).operations) % targets
  return target === 0 ? undefined : `target-${target}`
}

function policyOf(scenario: Scenario, target: string | undefined): FlightPolicy {
  const windows = { refreshAheadMs: 60_000, expiryLeewayMs: 5_000, jitter: 0 }
  const { canAcquire = false, canRefresh = true } = scenario
  return { key: KEY, target, canAcquire, canRefresh, windows, maxWaitMs: MAX_WAIT_MS }
}

export function startFlight(world: World, index: number, scenario: Scenario): World {
  const process = processOf(world, index)
  const flights = process.flights + 1
  const rejected = scenario.ablation === 'refused generation forgotten' ? -1 : process.rejected
  const goal = { rejected, soft: scenario.soft ?? false, accepted: -1 }
  const flight = beginFlight(`p${index}-${flights}`, goal, policyOf(scenario, targetOf(world, index, scenario)))
  return tell(
    withProcess(world, index, { ...process, flight, flights, firstRead: undefined, restsUntil: undefined }),
    index,
    { type: 'start' },
    scenario,
  )
}

const ENDS_CALL: ReadonlySet<FlightFact['type']> = new Set(['read', 'written', 'write_lost', 'write_unknown'])

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
    case 'remember': {
      const { record } = effect.snapshot
      const stored = record && storedOf(record, targetOf(world, index, scenario))
      return scenario.budget.goBack
        ? withProcess(world, index, { ...process, newest: newer(process.newest, stored) })
        : world
    }
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

/** Who waits for a lease is woken by its end or by a change: polling in between changes nothing. */
function timerOf(world: World, { ms, timer, change }: Extract<FlightEffect, { type: 'pause' }>): Timer {
  const until = world.record?.claim?.until ?? 0
  const due = change ? Math.max(world.now + ms, until + 1) : world.now + ms
  return { timer, due, ...(change && { version: change.version }) }
}

function newer(newest: GrantRecord | undefined, record: GrantRecord | undefined): GrantRecord | undefined {
  return record && record.generation >= (newest?.generation ?? -1) ? record : newest
}

function messageOf(world: World, index: number, effect: Extract<FlightEffect, { type: 'request' }>): Message {
  const lease = processOf(world, index).flight?.lease
  return {
    process: index,
    lease: lease?.id ?? '',
    setId: lease?.setId ?? '',
    attempt: lease?.attempt ?? 0,
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
  const { pause, extend, grace } = flight.timers
  const isExtending =
    flight.phase === 'requesting' &&
    !flight.outcome &&
    flight.extending === 'idle' &&
    scenario.ablation !== 'no extension'
  const isHandingOver = flight.outcome?.type === 'obtained' && flight.lease?.wasDelivered === false
  const isPausing = flight.phase === 'pausing' || flight.phase === 'committing'
  return [isPausing ? pause : undefined, isExtending ? extend : undefined, isHandingOver ? grace : undefined]
}

function settle(world: World, index: number, result: FlightResult, scenario: Scenario): World {
  if (scenario.answers) return rest(world, index, result, scenario.answers)
  const idle: Process = { ...processOf(world, index), flight: undefined, timers: [], calls: [] }
  if (scenario.soft) return endOperation(withProcess(world, index, idle), index, 'ok')
  if (result.type !== 'tokens') return endOperation(withProcess(world, index, idle), index, ending(result))
  const { record } = result.snapshot
  const using = { set: setOf(record), generation: record ? accessSetOf(record).generation : -1 }
  return withProcess(world, index, { ...idle, using })
}

type Ending = 'ok' | 'refused' | 'reauthorize' | 'unavailable' | 'notSignedIn'

function ending(result: FlightResult): Ending {
  switch (result.type) {
    case 'reauthorization_required':
      return 'reauthorize'
    case 'not_signed_in':
    case 'signed_out':
      return 'notSignedIn'
    case 'nothing':
    case 'record_unreadable':
    case 'client_rejected':
      return 'refused'
    default:
      return 'unavailable'
  }
}

/** How long a program that needs a token all the time is told to wait, at least; core remembers a failure for that long. */
const REST_MS = 1_000
/** Of a program that gets no token that is of use. */
const HORIZON_MS = { refusals: 65_000, 'short lifetimes': 10_000 } as const

/** Comes back as soon as asking again can matter. */
function rest(world: World, index: number, result: FlightResult, answers: keyof typeof HORIZON_MS): World {
  const retryInMs = result.type === 'token_unavailable' ? result.retryInMs : 0
  const restsUntil = world.now + Math.max(REST_MS, retryInMs)
  const isOver = restsUntil > START + HORIZON_MS[answers] || result.type === 'reauthorization_required'
  const idle: Process = { ...processOf(world, index), flight: undefined, timers: [], calls: [] }
  return withProcess(world, index, isOver ? { ...idle, status: 'done' } : { ...idle, restsUntil })
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
