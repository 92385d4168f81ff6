import { setTimeout as pause } from 'node:timers/promises'
import { storeSignIn } from '@valetkey/core/kit'
import { openStore } from './open-store.ts'
import type { StoreKind } from './options.ts'
import { prepareStore } from './prepare-store.ts'
import { createReaper } from './reaper.ts'
import { startStore } from './servers/store-server.ts'
import type { Presentation } from './vendor/presentation.ts'
import { startVendor } from './vendor/vendor.ts'
import { createWorkerCredential } from './worker/worker-credential.ts'
import type { HerdLine } from './worker/worker-line.ts'
import { startWorker, type Worker } from './worker-process.ts'

export interface HerdOptions {
  readonly store: StoreKind
  readonly processes: number
  /** Over all processes. */
  readonly callers: number
  /** How many expiries. */
  readonly rounds: number
}

/** One expiry; times in ms. */
export interface HerdRound {
  readonly tokenCalls: number
  /** How many different generations the callers got. */
  readonly generations: number
  /** How long the token endpoint took. */
  readonly latency: number
  readonly p50: number
  readonly p99: number
  readonly longest: number
}

const ACCOUNT = 'herd'
const LIFETIME_SECONDS = 2
const LATENCY_MS = 200
/** Rounds that are not counted: the code is compiled. */
const WARM_UP = 2

/** Lets the token expire in all processes, then lets all callers ask for it at the same moment; again and again. */
export async function runHerd({ store: kind, processes, callers, rounds }: HerdOptions): Promise<HerdRound[]> {
  await using stack = new AsyncDisposableStack()
  const reaper = stack.use(createReaper())
  const server = await startStore(kind, reaper)
  stack.defer(async () => await server.crash?.())
  await prepareStore(server.address)
  const treatment = () => ({ beforeMs: LATENCY_MS / 2, afterMs: LATENCY_MS / 2 })
  const vendor = stack.adopt(await startVendor({ lifetimeSeconds: LIFETIME_SECONDS, treatment }), (it) => it.stop())
  const { store } = stack.adopt(await openStore(server.address), (it) => it.close())
  const common = { vendorOrigin: vendor.origin, accounts: [ACCOUNT], store: server.address, callers: 1, faults: [] }
  const desk = createWorkerCredential({ name: 'desk', vendorOrigin: vendor.origin }, ACCOUNT, store, () => {})
  await storeSignIn(desk, vendor.signIn(ACCOUNT, 'strict'))
  const workers = Array.from({ length: processes }, (_, index) =>
    startWorker('herd-worker.ts', { name: `${index}.1`, ...common }, () => {}, reaper),
  )
  stack.defer(() => end(workers))
  await Promise.all(workers.map((worker) => worker.line('ready')))

  const results: HerdRound[] = []
  while (results.length < WARM_UP + rounds) {
    await pause(LIFETIME_SECONDS * 1000)
    const before = vendor.presentations.length
    const lines = await askAll(workers, Math.ceil(callers / processes))
    results.push(roundOf(lines, vendor.presentations.slice(before)))
  }
  return results.slice(WARM_UP)
}

async function askAll(workers: readonly Worker[], callers: number): Promise<HerdLine[]> {
  const lines = workers.map((worker) => worker.line('herd'))
  for (const { child } of workers) child.stdin?.write(`${callers}\n`)
  return Promise.all(lines)
}

async function end(workers: readonly Worker[]): Promise<void> {
  for (const { child } of workers) child.stdin?.end()
  await Promise.all(workers.map(({ ended }) => ended))
}

function roundOf(lines: readonly HerdLine[], presentations: readonly Presentation[]): HerdRound {
  const waits = lines.flatMap((line) => line.waits).toSorted((a, b) => a - b)
  const quantile = (share: number): number => waits[Math.ceil(share * waits.length) - 1] ?? 0
  const latencies = presentations.map(({ at, answeredAt = at }) => answeredAt - at)
  return {
    tokenCalls: presentations.length,
    generations: new Set(lines.map(({ generation }) => generation)).size,
    latency: Math.max(...latencies),
    p50: quantile(0.5),
    p99: quantile(0.99),
    longest: quantile(1),
  }
}
