import { openAirthings } from './airthings.ts'
import { openBluesonde } from './bluesonde.ts'
import type { Environment } from './environment.ts'
import { openFlowluKey, openFlowluUser } from './flowlu.ts'
import { openFlume } from './flume.ts'
import { openM2m } from './m2m.ts'
import { POLL_INTERVALS, type PollIntervals, poll } from './poll.ts'
import { runScenario } from './scenario.ts'
import { createApp, type DashboardServer, startServer } from './server.ts'
import { figuresTable, stepsTable } from './table.ts'
import type { Vendor } from './vendor.ts'

export interface Terminal {
  print(text: string): void
  warn(text: string): void
}

export interface ServeOptions {
  readonly port: number
  /** Ends it. */
  readonly signal: AbortSignal
  readonly intervals?: PollIntervals | undefined
}

/** Those without an account are simulated. */
export async function openVendors(accounts: Partial<Omit<Environment, 'port'>>): Promise<Vendor[]> {
  const { flume, airthings, bluesonde, m2m, flowluKey, flowluUser } = accounts
  return Promise.all([
    openFlume(flume),
    openAirthings(airthings),
    openBluesonde(bluesonde),
    openM2m(m2m),
    openFlowluKey(flowluKey),
    openFlowluUser(flowluUser),
  ])
}

export async function closeVendors(vendors: readonly Vendor[]): Promise<void> {
  await Promise.all(vendors.map((vendor) => vendor.close()))
}

/** Runs the scenario and prints what it cost. Resolves with the exit code: 1 if anything failed. */
export async function runOnce(vendors: readonly Vendor[], terminal: Terminal): Promise<0 | 1> {
  const results = await Promise.all(vendors.map(runScenario))
  const steps = results.flatMap((result) => result.steps)
  const problems = results.flatMap((result) => result.problems)
  if (steps.length > 0) terminal.print(`${stepsTable(steps)}\n`)
  terminal.print(figuresTable(vendors.map((vendor) => vendor.figures())))
  for (const problem of problems) terminal.warn(`Failed: ${problem}`)
  return problems.length === 0 ? 0 : 1
}

/**
 * Runs the scenario, then keeps reading and serves the figures until `signal` aborts. What fails meanwhile is on the page.
 * @throws SetupError if the port is not to be had, before anything is asked of a vendor
 */
export async function serve(vendors: readonly Vendor[], terminal: Terminal, options: ServeOptions): Promise<void> {
  const { port, signal, intervals = POLL_INTERVALS } = options
  const server = await startServer(
    createApp(() => vendors.map((vendor) => vendor.figures())),
    port,
  )
  try {
    await runOnce(vendors, terminal)
    announce(server, terminal)
    await Promise.all(vendors.map((vendor) => poll(vendor, intervals, signal)))
  } finally {
    await server.close()
  }
}

function announce({ url }: DashboardServer, terminal: Terminal): void {
  terminal.print(`\nThe same, up to date: ${url} (Ctrl-C ends it)`)
}
