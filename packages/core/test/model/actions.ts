import { storedOf, viewOf } from '../../src/refresh/targets.ts'
import type { Failed, Obtained } from '../../src/tokens/grant.ts'
import { checkedFailure } from '../../src/tokens/grant.ts'
import type { GrantRecord } from '../../src/tokens/record.ts'
import { endOperation, processOf, startFlight, targetOf, tell } from './flight-process.ts'
import { endAccess, isAccepted, issueFamily, refreshAtVendor } from './vendor.ts'
import {
  type Budget,
  createWorld,
  LIFETIME_MS,
  type Message,
  obtained,
  type Process,
  problem,
  type Scenario,
  type StoreCall,
  see,
  setOf,
  spend,
  storedTokens,
  unusable,
  type World,
  withProcess,
} from './world.ts'

/** One atomic thing that may happen next. `isFault`: it need not. */
export interface Action {
  readonly label: string
  readonly isFault: boolean
  readonly next: () => World
}

export function actions(world: World, scenario: Scenario): Action[] {
  const ofProcesses = world.processes.flatMap((process, index) => processActions(world, index, process, scenario))
  const ofNetwork = world.network.flatMap((message, at) =>
    scenario.answers ? refusingActions(world, message, at, scenario) : vendorActions(world, message, at),
  )
  return [...ofProcesses, ...ofNetwork, ...tickActions(world, scenario), ...outsideActions(world, scenario)]
}

// --- a process

function processActions(world: World, index: number, process: Process, scenario: Scenario): Action[] {
  const act = (label: string, next: () => World, isFault = false): Action => ({
    label: `p${index}: ${label}`,
    isFault,
    next,
  })
  if (process.status === 'crashed' || process.status === 'done') return []
  if (process.status === 'paused')
    return [act('goes on', () => withProcess(world, index, { ...process, status: 'running' }))]
  const [call] = process.calls
  const list: Action[] = []
  if (process.using) list.push(act('uses the token', () => use(world, index)))
  else if (!process.flight && (process.restsUntil ?? 0) <= world.now)
    list.push(act('needs a token', () => startFlight(world, index, scenario)))
  if (call?.type === 'read') list.push(act('reads', () => readRecord(world, index, scenario)))
  if (call?.type === 'write') list.push(...writeActions(world, index, call, scenario, act))
  for (const { timer, version, due } of process.timers) {
    const isChanged = version !== undefined && version !== String(world.version)
    if (isChanged || due <= world.now)
      list.push(act('wakes', () => tell(world, index, { type: 'woke', timer }, scenario)))
  }
  const sent = world.network.findIndex((message) => message.process === index && !message.isAbandoned)
  const message = world.network[sent]
  if (message) list.push(...answerActions(world, index, message, sent, scenario, act))
  if (process.flight && world.budget.crash > 0) list.push(act('CRASHES', () => crash(world, index), true))
  if (process.flight && world.budget.pause > 0) {
    list.push(
      act(
        'STOPS',
        () => withProcess(spend(world, 'pause'), index, { ...process, status: 'paused', wasPaused: true }),
        true,
      ),
    )
  }
  return list
}

type Act = (label: string, next: () => World, isFault?: boolean) => Action

function use(world: World, index: number): World {
  const process = processOf(world, index)
  const { set, generation } = process.using ?? { set: -1, generation: -1 }
  if (isAccepted(world.vendor, set)) return endOperation(world, index, 'ok')
  if (process.rejected >= 0) return endOperation(world, index, 'refused')
  return withProcess(world, index, { ...process, using: undefined, rejected: generation })
}

function readRecord(world: World, index: number, scenario: Scenario): World {
  const process = processOf(world, index)
  const { ablation } = scenario
  const target = targetOf(world, index, scenario)
  const current = { record: world.record && viewOf(world.record, target), version: world.version }
  const { record, version } = ablation === 'stale reads' ? (process.firstRead ?? current) : current
  const noted = withProcess(world, index, {
    ...process,
    firstRead: process.firstRead ?? (ablation === 'stale reads' ? current : undefined),
  })
  const { phase, lease } = process.flight ?? {}
  const snapshot = { ...ablated(record, version, scenario, lease?.id), now: world.now, mono: world.now }
  const unseen = ablation === 'no look before a second send' && phase === 'reading' && lease?.snapshot
  const owner = record?.claim?.owner ?? ''
  const isLeftOver = owner.startsWith(`p${index}-`) && !owner.startsWith(`p${index}-${process.flights}:`)
  const newest = ablation === 'older records believed' ? undefined : process.newest && viewOf(process.newest, target)
  const read = { snapshot: unseen || snapshot, isRejectionOurs: false, isLeftOver, newest }
  return tell(noted, index, { type: 'read', ...read }, scenario)
}

function ablated(record: GrantRecord | undefined, version: number, { ablation }: Scenario, claim: string | undefined) {
  if (!record) return {}
  const text = String(version)
  if (ablation === 'failures forgotten') return { record: { ...record, failure: undefined }, version: text }
  if (ablation === 'leases ignored' && record.claim?.owner !== claim)
    return { record: { ...record, claim: undefined }, version: text }
  const isFenced = ablation === 'fenced commits' && claim !== undefined && record.claim?.owner !== claim
  return { record: isFenced ? { ...record, setId: 'fenced' } : record, version: text }
}

function writeActions(
  world: World,
  index: number,
  call: Extract<StoreCall, { type: 'write' }>,
  scenario: Scenario,
  act: Act,
): Action[] {
  const expected = world.record ? String(world.version) : undefined
  const stored = storedOf(call.record, targetOf(world, index, scenario))
  const isCurrent = call.expected === expected || scenario.ablation === 'blind writes'
  const unknown = (from: World) => tell(from, index, { type: 'write_unknown', since: from.now }, scenario)
  const list: Action[] = []
  if (isCurrent) {
    list.push(
      act('writes', () =>
        tell(apply(world, index, stored), index, { type: 'written', version: String(world.version + 1) }, scenario),
      ),
    )
  } else {
    list.push(act('loses a write', () => tell(world, index, { type: 'write_lost' }, scenario)))
  }
  if (world.budget.storeError > 0) {
    if (isCurrent)
      list.push(act('writes, WITHOUT AN ANSWER', () => unknown(apply(spend(world, 'storeError'), index, stored)), true))
    list.push(act('WRITES IN VAIN', () => unknown(spend(world, 'storeError')), true))
  }
  return list
}

function apply(world: World, index: number, record: GrantRecord): World {
  const taken = isTakeover(world, index, record)
    ? see(world, { ambiguous: world.seen.ambiguous + 1, takeovers: world.seen.takeovers + 1 })
    : world
  const grown = see(
    { ...taken, record, version: world.version + 1 },
    {
      greatestGeneration: Math.max(world.seen.greatestGeneration, record.generation),
    },
  )
  if (record.generation < world.seen.greatestGeneration && !world.seen.wentBack)
    return problem(grown, 'GENERATION-FELL')
  return grown
}

/** Takes the lease of a process that was stopped past it and is alive: nobody can know what became of its request. */
function isTakeover(world: World, index: number, record: GrantRecord): boolean {
  const before = world.record?.claim
  const isLease = processOf(world, index).flight?.phase === 'leasing' && before?.owner !== record.claim?.owner
  if (!isLease || !before || before.until === 0 || before.until > world.now) return false
  return world.processes.some(({ flight, wasPaused }) => wasPaused && flight?.lease?.id === before.owner)
}

const NO_ANSWER: Failed = { type: 'failed', kind: 'token_unavailable', sent: true }
const DEAD: Failed = { type: 'failed', kind: 'reauthorization_required', sent: true, oauthError: 'invalid_grant' }

function answerActions(
  world: World,
  index: number,
  message: Message,
  at: number,
  scenario: Scenario,
  act: Act,
): Action[] {
  const without = { ...world, network: world.network.filter((_, other) => other !== at) }
  const noAnswer = (from: World) => tell(from, index, { type: 'answered', outcome: NO_ANSWER }, scenario)
  const list: Action[] = []
  if (message.stage === 'answer') {
    const { set } = message
    const outcome = message.outcome ?? (set === undefined ? DEAD : obtained(set, scenario.canRefresh ?? true))
    list.push(act('gets an answer', () => tell(without, index, { type: 'answered', outcome }, scenario)))
    if (world.budget.unusable > 0 && set !== undefined) {
      const spent = see(spend(without, 'unusable'), { expiries: world.seen.expiries + 1 })
      const answered = { type: 'answered', outcome: unusable(set, scenario) } as const
      list.push(act('gets an UNUSABLE answer', () => tell(spent, index, answered, scenario), true))
    }
    if (world.budget.loseAnswer > 0) {
      list.push(act('NEVER GETS THE ANSWER', () => noAnswer(spend(doubtful(without), 'loseAnswer')), true))
    }
    return list
  }
  if (world.budget.loseRequest > 0)
    list.push(act('LOSES A REQUEST', () => noAnswer(spend(without, 'loseRequest')), true))
  if (world.budget.timeout > 0) {
    const network = world.network.map((other, place) => (place === at ? { ...other, isAbandoned: true } : other))
    list.push(act('GIVES UP WAITING', () => noAnswer(spend(doubtful({ ...world, network }), 'timeout')), true))
  }
  return list
}

function doubtful(world: World): World {
  return see(world, { ambiguous: world.seen.ambiguous + 1 })
}

function crash(world: World, index: number): World {
  const process = processOf(world, index)
  const isInDoubt = ['requesting', 'committing'].includes(process.flight?.phase ?? '')
  const dead: Process = { ...process, status: 'crashed', flight: undefined, calls: [], timers: [], using: undefined }
  const network = world.network
    .filter((message) => message.process !== index || message.stage === 'request')
    .map((message) => (message.process === index ? { ...message, isAbandoned: true } : message))
  const crashed = see(withProcess({ ...spend(world, 'crash'), network }, index, dead), {
    crashes: world.seen.crashes + 1,
  })
  return isInDoubt ? doubtful(crashed) : crashed
}

// --- the vendor

function vendorActions(world: World, message: Message, at: number): Action[] {
  if (message.stage !== 'request') return []
  return [
    {
      label: `vendor: gets ${message.refreshToken} from p${message.process}`,
      isFault: false,
      next: () => serve(world, message, at),
    },
  ]
}

function serve(world: World, message: Message, at: number): World {
  const { refreshToken, attempt } = message
  const highest = world.seen.highestAttempt[refreshToken] ?? 0
  const isZombie =
    refreshToken >= 0 && (highest > attempt || (world.record?.setId !== message.setId && !world.record?.signedOut))
  const { vendor, set } = refreshToken < 0 ? issueFamily(world.vendor) : refreshAtVendor(world.vendor, refreshToken)
  const seen = see(
    { ...world, vendor },
    {
      zombies: world.seen.zombies + (isZombie ? 1 : 0),
      highestAttempt: { ...world.seen.highestAttempt, [refreshToken]: Math.max(highest, attempt) },
    },
  )
  if (message.isAbandoned) {
    const network = world.network.filter((_, other) => other !== at)
    return set === undefined ? { ...seen, network } : doubtful({ ...seen, network })
  }
  const network = world.network.map((other, place) =>
    place === at ? { ...message, stage: 'answer' as const, set } : other,
  )
  return { ...seen, network }
}

/** Token calls in a minute of refusals, and in ten seconds of tokens that expire at once. */
const MOST_CALLS = 12
const MINUTE_MS = 60_000

/** A vendor that refuses, each time in any way. */
function refusingActions(world: World, message: Message, at: number, { answers }: Scenario): Action[] {
  if (message.stage !== 'request' || !answers) return []
  const tokenCalls = [...world.seen.tokenCalls.filter((call) => world.now - call.at < MINUTE_MS), { at: world.now }]
  const asked = see(world, { tokenCalls })
  const noted = tokenCalls.length > MOST_CALLS ? problem(asked, 'HAMMERED') : asked
  const mode = message.refreshToken < 0 ? 'acquire' : 'refresh'
  const answer = (outcome: Obtained | Failed) => (from: World) => ({
    ...from,
    network: from.network.map((other, place) =>
      place === at ? { ...message, stage: 'answer' as const, outcome } : other,
    ),
  })
  const given = answers === 'refusals' ? refusalsOf(mode) : SHORT_LIVED
  return Object.entries(given).flatMap(([name, outcome]): Action[] => {
    const kind = outcome.type === 'failed' ? budgetOf(outcome) : undefined
    if (kind && noted.budget[kind] === 0) return []
    const next = () => answer(outcome)(kind ? spend(noted, kind) : noted)
    return [{ label: `vendor: answers ${name}`, isFault: false, next }]
  })
}

/** What keeps the number of orders small; the first refusal of a refresh token is its end. */
function budgetOf({ kind, retryAfterMs }: Failed): 'reject' | 'later' | undefined {
  if (kind !== 'token_unavailable') return 'reject'
  return retryAfterMs === undefined ? undefined : 'later'
}

const SHORT_LIVED: Readonly<Record<string, Obtained>> = {
  'a token that has expired': { type: 'obtained', tokens: { accessToken: '0', tokenType: 'Bearer', lifetimeMs: 0 } },
}

const REFUSALS: Readonly<Record<string, object>> = {
  'nothing usable': { kind: 'token_unavailable' },
  'come back at once': { kind: 'token_unavailable', retryAfterMs: 0 },
  'come back before now': { kind: 'token_unavailable', retryAfterMs: -1e300 },
  'come back at NaN': { kind: 'token_unavailable', retryAfterMs: Number.NaN },
  'come back never': { kind: 'token_unavailable', retryAfterMs: Number.POSITIVE_INFINITY },
  'come back in half a minute': { kind: 'token_unavailable', retryAfterMs: 30_000 },
  'wrong client': { kind: 'client_rejected' },
  'dead grant': { kind: 'reauthorization_required' },
}

/** As core takes them; those that it takes alike, once. */
function refusalsOf(mode: 'acquire' | 'refresh'): Readonly<Record<string, Failed>> {
  const distinct = new Map<string, [string, Failed]>()
  for (const [name, failure] of Object.entries(REFUSALS)) {
    const failed: Failed = { type: 'failed', ...checkedFailure(failure, mode) }
    distinct.set(JSON.stringify(failed), [name, failed])
  }
  return Object.fromEntries(distinct.values())
}

// --- time

/** In place of a timer: the process needs a token again. */
const RESTED = -1

/** Time moves to the next timer when nobody is busy; while a request is out only as far as `slow` allows. */
function tickActions(world: World, scenario: Scenario): Action[] {
  const running = world.processes.flatMap((process, index) =>
    process.status === 'running' ? [{ process, index }] : [],
  )
  if (running.some(({ process }) => process.calls.length > 0)) return []
  const isWaitedFor = (message: Message) =>
    !message.isAbandoned && running.some(({ index }) => index === message.process)
  const isSlow = world.network.some(isWaitedFor)
  if (isSlow && world.budget.slow === 0) return []
  const timers = running.flatMap(({ process, index }) => [
    ...process.timers.map((timer) => ({ ...timer, index })),
    ...(process.restsUntil === undefined ? [] : [{ timer: RESTED, due: process.restsUntil, index }]),
  ])
  const due = Math.min(...timers.map((timer) => timer.due))
  if (!(due > world.now) || due === Number.POSITIVE_INFINITY) return []
  const later = { ...(isSlow ? spend(world, 'slow') : world), now: due }
  return timers
    .filter((timer) => timer.due === due)
    .map(({ index, timer }) => ({
      label: `time: p${index} wakes after ${due - world.now} ms`,
      isFault: isSlow,
      next: () => (timer === RESTED ? later : tell(later, index, { type: 'woke', timer }, scenario)),
    }))
}

// --- the rest of the world

function outsideActions(world: World, scenario: Scenario): Action[] {
  const { record, budget, vendor } = world
  const list: Action[] = []
  const fault = (kind: keyof Budget, label: string, next: (spent: World) => World) =>
    list.push({ label, isFault: true, next: () => next(spend(world, kind)) })
  const set = setOf(record)
  const isLive = record !== undefined && !record.signedOut && vendor.accepted.includes(set)
  const areIdle = world.processes.every((process) => !process.flight && !process.using)
  const more = { expiries: world.seen.expiries + 1 }
  const moreOfAll = { expiries: world.seen.expiries + (scenario.targets ?? 1) }
  if (budget.refuse > 0 && isLive) {
    fault('refuse', 'the API REFUSES the token', (spent) =>
      see({ ...spent, vendor: endAccess(vendor, set, false) }, more),
    )
  }
  if (budget.expire > 0 && isLive && areIdle) {
    fault('expire', 'the token EXPIRES', (spent) =>
      see({ ...spent, now: world.now + LIFETIME_MS, vendor: endAccess(vendor, set, true) }, moreOfAll),
    )
  }
  const first = createWorld(scenario).record
  const isNeeded = world.processes.some(({ status }) => status === 'running')
  if (budget.goBack > 0 && areIdle && isNeeded && first && set > 0) {
    fault('goBack', 'the store GOES BACK', (spent) =>
      see({ ...spent, record: first, version: world.version + 1 }, { wentBack: true }),
    )
  }
  if (budget.signOut > 0 && record && !record.signedOut) {
    fault('signOut', 'somebody SIGNS OUT', (spent) =>
      see(replace(spent, { setId: 'out', signedOut: true }), { signedOut: true }),
    )
  }
  if (budget.signIn > 0) fault('signIn', 'somebody SIGNS IN', signIn)
  return list
}

function signIn(world: World): World {
  const { vendor, set } = issueFamily(world.vendor)
  const tokens = storedTokens(set, world.now)
  return see(replace({ ...world, vendor }, { setId: 'in', tokens }), { signedInFamily: set, signedOut: false })
}

function replace(world: World, change: Pick<GrantRecord, 'setId'> & Partial<GrantRecord>): World {
  const generation = (world.record?.generation ?? 0) + 1
  const record: GrantRecord = { v: 1, key: 'key', generation, writtenBy: change.setId, ...change }
  const greatestGeneration = Math.max(world.seen.greatestGeneration, generation)
  return see({ ...world, record, version: world.version + 1 }, { greatestGeneration })
}
