import { isCredentialError } from '../../src/errors.ts'
import type { VendorRule } from '../model/vendor.ts'
import { type SimulatedProcess, startProcess } from './process.ts'
import { createSimulatedWorld, type Faults, type SimulatedWorld } from './world.ts'

export interface SimulationOptions {
  readonly seed: number
  readonly rule: VendorRule
  readonly faults: Faults
  readonly minutes: number
}

export interface SimulationResult {
  operations: number
  ok: number
  /** Retryable errors. */
  unavailable: number
  /** Reasons. The first ends the run. */
  reauthorizations: string[]
  /** Anything else that an operation ended with. */
  failed: string[]
  rotations: number
  reuses: number
  isTokenLost: boolean
  longestWaitMs: number
  mostTokenCallsInAMinute: number
}

const PROCESSES = 6

/** The whole of core in six processes that share one grant, with a seeded world around them. */
export async function simulate({ seed, rule, faults, minutes }: SimulationOptions): Promise<SimulationResult> {
  const world = createSimulatedWorld(seed, rule, faults)
  const endMs = minutes * 60_000
  const result: SimulationResult = {
    operations: 0,
    ok: 0,
    unavailable: 0,
    reauthorizations: [],
    failed: [],
    rotations: 0,
    reuses: 0,
    isTokenLost: false,
    longestWaitMs: 0,
    mostTokenCallsInAMinute: 0,
  }
  const isOver = () => world.scheduler.now() > endMs || result.reauthorizations.length > 0
  const processes = new Set<SimulatedProcess>()
  const spawn = (): void => {
    const process = startProcess(world)
    processes.add(process)
    void work(world, process, result, isOver)
  }
  for (let count = 0; count < PROCESSES; count += 1) spawn()
  strike(world, processes, spawn, isOver)
  await world.scheduler.run(endMs + 200_000)
  return {
    ...result,
    rotations: world.rotations(),
    reuses: world.reuses(),
    mostTokenCallsInAMinute: world.tokenEndpoint.mostCallsInAMinute(),
    isTokenLost: result.reauthorizations.length === 0 && world.isTokenLost(),
  }
}

async function work(
  world: SimulatedWorld,
  process: SimulatedProcess,
  result: SimulationResult,
  isOver: () => boolean,
): Promise<void> {
  const { clock } = process
  for (;;) {
    await clock.sleep(world.chance.after(1_500))
    if (isOver()) return
    const startedAt = clock.monotonic()
    const pausedBefore = process.pausedUntil()
    result.operations += 1
    await operate(process, result).catch((error: unknown) => classify(error, result))
    const waitedMs = clock.monotonic() - startedAt
    if (process.pausedUntil() === pausedBefore) result.longestWaitMs = Math.max(result.longestWaitMs, waitedMs)
  }
}

/** What a client does: one request, and after a refusal one more. */
async function operate({ credential, ask }: SimulatedProcess, result: SimulationResult): Promise<void> {
  const first = await credential.authorization()
  if (await ask(tokenOf(first))) result.ok += 1
  else {
    const second = await credential.renew(first)
    const accepted = second !== undefined && (await ask(tokenOf(second)))
    if (second)
      credential.observe?.('replayed', { generation: second.generation, status: accepted ? 200 : 401, accepted })
    if (accepted) result.ok += 1
    else result.failed.push(second ? 'refused twice' : 'nothing newer')
  }
}

function tokenOf({ headers }: { headers: Readonly<Record<string, string>> }): string {
  return (headers.authorization ?? '').replace('Bearer ', '')
}

function classify(error: unknown, result: SimulationResult): void {
  if (isCredentialError(error, 'reauthorization_required')) result.reauthorizations.push(error.reason)
  else if (isCredentialError(error) && error.isRetryable) result.unavailable += 1
  else result.failed.push(String(error))
}

function strike(
  world: SimulatedWorld,
  processes: Set<SimulatedProcess>,
  spawn: () => void,
  isOver: () => boolean,
): void {
  const { chance, faults, scheduler, store, tokenEndpoint } = world
  const every = (meanMs: number, happen: () => void): void =>
    scheduler.at(chance.after(meanMs), () => {
      if (isOver()) return
      happen()
      every(meanMs, happen)
    })
  const crash = (process: SimulatedProcess | undefined): void => {
    if (!process) return
    process.crash()
    processes.delete(process)
    scheduler.at(chance.between(10, 2_000), spawn)
  }
  const pause = (process: SimulatedProcess | undefined): void => process?.pauseFor(chance.between(1_000, 30_000))
  const anyone = () => [...processes][Math.floor(chance.random() * processes.size)]
  const holder = () =>
    [...processes].find((process) => process.owns(JSON.parse(store.read().value ?? '{}').claim?.owner))
  if (faults.crash) every(4_000, () => crash(anyone()))
  if (faults.pause) every(8_000, () => pause(anyone()))
  if (faults.store) every(60_000, () => store.failFor(chance.between(200, 12_000)))
  if (faults.refuse) every(60_000, () => tokenEndpoint.failFor(chance.between(1_000, 60_000)))
  if (faults.aim) every(500, () => chance.happens(0.2) && (faults.aim === 'crash' ? crash : pause)(holder()))
}
