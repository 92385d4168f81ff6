import { hash } from 'node:crypto'
import { type Action, actions } from './actions.ts'
import { isUsable } from './vendor.ts'
import { createWorld, refreshSetOf, type Scenario, type World } from './world.ts'

export interface Exploration {
  readonly scenario: Scenario
  readonly states: number
  readonly ends: number
  /** Steps of the longest path. */
  readonly depth: number
  readonly isComplete: boolean
  /** Invariants that some reachable state breaks, each with the shortest path found. */
  readonly violations: ReadonlyMap<string, readonly string[]>
  /** Outcomes that no client can avoid against this vendor. */
  readonly unavoidable: ReadonlySet<string>
}

/** No run of a few processes needs that many steps: one that does never ends. */
const ENDLESS = 300

interface Frame {
  readonly key: string
  readonly label: string
  readonly next: Action[]
}

/** Visits every state that some order of events reaches, depth first. */
export function explore(scenario: Scenario, limit = Number.POSITIVE_INFINITY): Exploration {
  const visited = new Map<string, 'open' | 'closed'>()
  const violations = new Map<string, readonly string[]>()
  const unavoidable = new Set<string>()
  const stack: Frame[] = []
  let ends = 0
  let depth = 0
  let isComplete = true

  const note = (names: readonly string[]): void => {
    for (const name of names) {
      if (name.startsWith('~')) unavoidable.add(name.slice(1))
      else if ((violations.get(name)?.length ?? Number.POSITIVE_INFINITY) > stack.length)
        violations.set(
          name,
          stack.map(({ label }) => label),
        )
    }
  }
  const open = (world: World, label: string, key: string): void => {
    const next = actions(world, scenario)
    visited.set(key, 'open')
    stack.push({ key, label, next })
    depth = Math.max(depth, stack.length)
    if (stack.length > ENDLESS) {
      next.length = 0
      return note(['ENDLESS'])
    }
    note(brokenAlways(world, scenario))
    if (next.some(({ isFault }) => !isFault)) return
    ends += 1
    note(brokenAtEnd(world, scenario))
  }

  const first = createWorld(scenario)
  open(first, 'start', keyOf(first))
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const action = frame.next.pop()
    if (!action) {
      visited.set(frame.key, 'closed')
      stack.pop()
      continue
    }
    const world = action.next()
    const key = keyOf(world)
    const known = visited.get(key)
    if (known === 'open') note(['LIVELOCK'])
    if (known) continue
    if (visited.size >= limit) isComplete = false
    else open(world, action.label, key)
  }
  return { scenario, states: visited.size, ends, depth, isComplete, violations, unavoidable }
}

/** Times count from now and versions only as current or not: states that differ in nothing else behave alike. */
function keyOf(world: World): string {
  const current = String(world.version)
  const text = JSON.stringify({ ...world, version: 0 }, (name, value: unknown) => {
    if (TIMES.has(name) && typeof value === 'number' && value !== 0) return value - world.now
    if (VERSIONS.has(name) && typeof value === 'string') return value === current
    return value
  })
  return hash('sha1', text, 'base64')
}

const VERSIONS = new Set(['version', 'expected'])
const TIMES = new Set([
  'now',
  'mono',
  'until',
  'issuedAt',
  'expiresAt',
  'retryAt',
  'since',
  'deadline',
  'leasedAt',
  'leasedMono',
  'startedAt',
  'due',
  'at',
  'storeFailingSince',
  'restsUntil',
  'probeAt',
])

function brokenAlways({ vendor, seen, record }: World, { canAcquire = false, answers }: Scenario): string[] {
  const broken = [...seen.problems]
  // What a vendor that refuses everything says of a refresh token need not be true.
  if (answers) return broken
  if (vendor.reuses > 0 && seen.ambiguous === 0) broken.push('REUSE')
  if (record?.dead && isUsable(vendor, refreshSetOf(record))) broken.push('DEAD-BUT-USABLE')
  if (seen.signedOut && !record?.signedOut && seen.signedInFamily < 0 && !canAcquire)
    broken.push('RESURRECTED-AFTER-SIGN-OUT')
  const family = vendor.sets[refreshSetOf(record)]?.family
  if (seen.signedInFamily >= 0 && !record?.signedOut && family !== seen.signedInFamily)
    broken.push('SIGN-IN-OVERWRITTEN')
  return broken
}

function brokenAtEnd(world: World, scenario: Scenario): string[] {
  if (scenario.answers) return []
  const { vendor, seen, record, processes } = world
  const stuck = processes.some(({ status }) => status === 'running' || status === 'paused') ? ['DEADLOCK'] : []
  const isGraceful = vendor.rule !== 'strict' && vendor.rule !== 'reject'
  const needsNoRefreshToken = scenario.canAcquire === true
  const isLost = !record?.signedOut && !needsNoRefreshToken && !isUsable(vendor, refreshSetOf(record))
  const failures = [
    ...(isLost ? ['LOST-TOKEN'] : []),
    ...(seen.refused > 0 ? ['OPERATION-FAILED'] : []),
    ...(seen.unavailable > 0 && !mayBeUnavailable(scenario) ? ['UNAVAILABLE'] : []),
    ...(seen.notSignedIn > 0 && !mayBeSignedOut(scenario) ? ['NOT-SIGNED-IN'] : []),
    ...(seen.reauthorize > 0 ? ['FALSE-REAUTHORIZATION'] : []),
  ]
  if (seen.ambiguous === 0) return [...stuck, ...failures, ...extraRefresh(world)]
  const isDoubleFault = vendor.rule === 'latest' && seen.takeovers > 0 && seen.ambiguous > 1
  if (isGraceful && seen.zombies === 0 && !isDoubleFault)
    return [...stuck, ...failures.map((name) => `${name} (vendor has grace)`)]
  return [...stuck, ...failures.map((name) => `~${name}`)]
}

function extraRefresh({ seen, vendor }: World): string[] {
  const isCounted = seen.crashes === 0 && seen.takeovers === 0 && seen.signedInFamily < 0
  return isCounted && vendor.rotations > seen.expiries ? ['EXTRA-REFRESH'] : []
}

function mayBeUnavailable({ budget }: Scenario): boolean {
  const { loseRequest = 0, loseAnswer = 0, unusable = 0, timeout = 0, storeError = 0, slow = 0, pause = 0 } = budget
  return loseRequest + loseAnswer + unusable + timeout + storeError + slow + pause > 0
}

function mayBeSignedOut({ budget }: Scenario): boolean {
  return (budget.signOut ?? 0) > 0
}
