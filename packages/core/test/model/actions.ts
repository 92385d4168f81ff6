import type { Failed } from '../../src/flight/state.ts'
import type { GrantRecord } from '../../src/record.ts'
import { endOperation, processOf, startFlight, tell } from './flight-process.ts'
import { endAccess, isAccepted, issueFamily, refreshAtVendor } from './vendor.ts'
import {
  type Budget,
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
  const ofNetwork = world.network.flatMap((message, at) => vendorActions(world, message, at))
  return [...ofProcesses, ...ofNetwork, ...tickActions(world, scenario), ...outsideActions(world)]
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
  else if (!process.flight) list.push(act('needs a token', () => startFlight(world, index, scenario)))
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
  const current = { record: world.record, version: world.version }
  const { record, version } = ablation === 'stale reads' ? (process.firstRead ?? current) : current
  const noted = withProcess(world, index, {
    ...process,
    firstRead: process.firstRead ?? (ablation === 'stale reads' ? current : undefined),
  })
  const { phase, claim } = process.flight ?? {}
  const known = { ...ablated(record, version, scenario, claim?.id), now: world.now, mono: world.now }
  const unseen = ablation === 'no look before a second send' && phase === 'checking' && claim?.known
  return tell(noted, index, { type: 'read', known: unseen || known, isRejectionOurs: false }, scenario)
}

function ablated(record: GrantRecord | undefined, version: number, { ablation }: Scenario, claim: string | undefined) {
  if (!record) return {}
  const text = String(version)
  if (ablation === 'claims ignored' && record.claim?.owner !== claim)
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
  const isCurrent = call.expected === expected || scenario.ablation === 'blind writes'
  const unknown = (from: World) => tell(from, index, { type: 'write-unknown' }, scenario)
  const list: Action[] = []
  if (isCurrent) {
    list.push(
      act('writes', () =>
        tell(
          apply(world, index, call.record),
          index,
          { type: 'written', version: String(world.version + 1) },
          scenario,
        ),
      ),
    )
  } else {
    list.push(act('loses a write', () => tell(world, index, { type: 'write-lost' }, scenario)))
  }
  if (world.budget.storeError > 0) {
    if (isCurrent)
      list.push(
        act('writes, WITHOUT AN ANSWER', () => unknown(apply(spend(world, 'storeError'), index, call.record)), true),
      )
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
  if (record.generation < world.seen.greatestGeneration) return problem(grown, 'GENERATION-FELL')
  return grown
}

/** Claims over a process that was stopped past its lease and is alive: nobody can know what became of its request. */
function isTakeover(world: World, index: number, record: GrantRecord): boolean {
  const before = world.record?.claim
  const isClaim = processOf(world, index).flight?.phase === 'claiming' && before?.owner !== record.claim?.owner
  if (!isClaim || !before || before.until === 0 || before.until > world.now) return false
  return world.processes.some(({ flight, wasPaused }) => wasPaused && flight?.claim?.id === before.owner)
}

const NO_ANSWER: Failed = { type: 'failed', kind: 'unavailable', sent: true }
const DEAD: Failed = { type: 'failed', kind: 'grant_dead', sent: true, oauthError: 'invalid_grant' }

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
    const outcome = message.set === undefined ? DEAD : obtained(message.set, scenario.canRefresh ?? true)
    list.push(act('gets an answer', () => tell(without, index, { type: 'answered', outcome }, scenario)))
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
  const isInDoubt = ['requesting', 'converting', 'committing'].includes(process.flight?.phase ?? '')
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

// --- time

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
  const timers = running.flatMap(({ process, index }) => process.timers.map((timer) => ({ ...timer, index })))
  const due = Math.min(...timers.map((timer) => timer.due))
  if (!(due > world.now) || due === Number.POSITIVE_INFINITY) return []
  const later = { ...(isSlow ? spend(world, 'slow') : world), now: due }
  return timers
    .filter((timer) => timer.due === due)
    .map(({ index, timer }) => ({
      label: `time: p${index} wakes after ${due - world.now} ms`,
      isFault: isSlow,
      next: () => tell(later, index, { type: 'woke', timer }, scenario),
    }))
}

// --- the rest of the world

function outsideActions(world: World): Action[] {
  const { record, budget, vendor } = world
  const list: Action[] = []
  const fault = (kind: keyof Budget, label: string, next: (spent: World) => World) =>
    list.push({ label, isFault: true, next: () => next(spend(world, kind)) })
  const set = setOf(record)
  const isLive = record !== undefined && !record.signedOut && vendor.accepted.includes(set)
  const areIdle = world.processes.every((process) => !process.flight && !process.using)
  const more = { expiries: world.seen.expiries + 1 }
  if (budget.refuse > 0 && isLive) {
    fault('refuse', 'the API REFUSES the token', (spent) =>
      see({ ...spent, vendor: endAccess(vendor, set, false) }, more),
    )
  }
  if (budget.expire > 0 && isLive && areIdle) {
    fault('expire', 'the token EXPIRES', (spent) =>
      see({ ...spent, now: world.now + LIFETIME_MS, vendor: endAccess(vendor, set, true) }, more),
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
