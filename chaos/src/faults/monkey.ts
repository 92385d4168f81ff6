import { setTimeout as pause } from 'node:timers/promises'
import type { Crew } from '../crew.ts'
import { epochMs } from '../epoch.ts'
import { between, chance, pick } from '../random.ts'
import type { StoreServer } from '../servers/store-server.ts'
import type { Vendor } from '../vendor/vendor.ts'
import type { Worker } from '../worker-process.ts'
import type { Fault } from './fault.ts'
import type { Incidents } from './incidents.ts'
import { CUTS, type Link } from './link.ts'

export interface Prey {
  readonly crew: Crew
  readonly vendor: Vendor
  readonly server: StoreServer
  /** The link of each process, in the order of the crew. */
  readonly links: readonly Link[]
  readonly incidents: Incidents
}

export interface Monkey {
  /** Ends all faults that are in force, and begins none. */
  stop(): Promise<void>
}

/** A lease lasts 15 s and is taken over 1 s later: this outlasts both. */
const BEYOND_LEASE_MS = { least: 17_000, most: 20_000 }
/** What a store without a server can suffer. */
const SERVERLESS: ReadonlySet<Fault> = new Set(['kill', 'stop', 'freeze', 'rollback'])
/** A token request may take 60 s. */
const FREEZE_MS = { least: 65_000, most: 70_000 }
const LOCK_MS = 8_000
const LONG_SHARE = 0.2
const AIMED_SHARE = 0.5
/** A token request takes about this long with all its writes: what strikes within it hits every step of it. */
const STRIKE_WITHIN_MS = 60

/** Does to the run what `faults` names of processes and store, at random moments, until it is stopped. */
export function startMonkey(faults: ReadonlySet<Fault>, prey: Prey): Monkey {
  const stopping = new AbortController()
  const { signal } = stopping
  const troubles: readonly (readonly [Fault, least: number, most: number, act: Act])[] = [
    ['kill', 1_000, 4_000, kill],
    ['stop', 2_000, 5_000, stop],
    ['partition', 2_000, 6_000, partition],
    ['freeze', 3_000, 6_000, freeze],
  ]
  const ofTheStore: readonly (readonly [Fault, act: Act])[] = [
    ['restart', restart],
    ['rollback', rollback],
    ['lock', lock],
  ]
  const isPossible = ([fault]: readonly [Fault, ...unknown[]]): boolean =>
    faults.has(fault) && (SERVERLESS.has(fault) || prey.server.crash !== undefined)
  const running = troubles
    .filter(isPossible)
    .map(([, least, most, act]) => keepDoing(() => act(prey, signal), least, most, signal))
  // One at a time: a server that is down cannot be rolled back.
  const strikes = ofTheStore.filter(isPossible).map(([, act]) => act)
  const strike = async (): Promise<void> => pick(strikes)?.(prey, signal)
  if (strikes.length > 0) running.push(keepDoing(strike, 6_000, 15_000, signal))
  return {
    async stop() {
      stopping.abort()
      await Promise.all(running)
    },
  }
}

/** Ends what it began, at the latest when the signal aborts. */
type Act = (prey: Prey, signal: AbortSignal) => Promise<void>

async function keepDoing(act: () => Promise<void>, least: number, most: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(between(least, most), signal)
    if (!signal.aborted) await act()
  }
}

async function kill({ crew, vendor, incidents }: Prey, signal: AbortSignal): Promise<void> {
  const victim = await choose(crew, vendor, signal)
  if (!victim) return
  incidents.killed(victim.name)
  await crew.replace(victim)
}

function stop(prey: Prey, signal: AbortSignal): Promise<void> {
  return stopFor(duration(200, 1_500), prey, signal)
}

function freeze(prey: Prey, signal: AbortSignal): Promise<void> {
  return stopFor(between(FREEZE_MS.least, FREEZE_MS.most), prey, signal)
}

async function stopFor(ms: number, { crew, vendor, incidents }: Prey, signal: AbortSignal): Promise<void> {
  const victim = await choose(crew, vendor, signal)
  if (!victim) return
  await incidents.during('stopped', victim.name, async () => {
    victim.child.kill('SIGSTOP')
    await sleep(ms, signal)
    victim.child.kill('SIGCONT')
  })
}

async function partition({ crew, vendor, links, incidents }: Prey, signal: AbortSignal): Promise<void> {
  const victim = await choose(crew, vendor, signal)
  const link = victim && links[crew.present().indexOf(victim)]
  const how = pick(CUTS)
  if (!link || !how) return
  await incidents.during('cut off', victim.name, async () => {
    link.cut(how)
    await sleep(duration(200, 3_000), signal)
    link.mend()
  })
}

async function restart({ server, incidents }: Prey, signal: AbortSignal): Promise<void> {
  await incidents.during('store down', undefined, async () => {
    await server.crash?.()
    await sleep(between(200, 3_000), signal)
    await server.recover?.()
  })
}

async function rollback({ server, incidents }: Prey, signal: AbortSignal): Promise<void> {
  const then = epochMs()
  const goBack = await server.records.snapshot()
  await sleep(between(1_000, 5_000), signal)
  await goBack()
  incidents.wentBack(then)
}

async function lock({ server, incidents }: Prey, signal: AbortSignal): Promise<void> {
  await incidents.during('locked', undefined, async () => {
    const unlock = await server.records.lock?.()
    await sleep(LOCK_MS, signal)
    await unlock?.()
  })
}

function duration(least: number, most: number): number {
  return chance(LONG_SHARE) ? between(BEYOND_LEASE_MS.least, BEYOND_LEASE_MS.most) : between(least, most)
}

/** Half the time the process that calls the vendor next, at some moment of its request. */
async function choose(crew: Crew, vendor: Vendor, signal: AbortSignal): Promise<Worker | undefined> {
  if (!chance(AIMED_SHARE)) return pick(crew.present())
  const holder = await vendor.nextPresentation(signal).catch(() => undefined)
  await sleep(Math.random() * STRIKE_WITHIN_MS, signal)
  return crew.present().find(({ name }) => name === holder?.worker)
}

/** Ends early when the signal aborts. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => {})
}
