import { setTimeout as pause } from 'node:timers/promises'
import { startCrew } from './crew.ts'
import type { Fault } from './faults/fault.ts'
import { createIncidents } from './faults/incidents.ts'
import { type Link, openLink } from './faults/link.ts'
import { type Prey, startMonkey } from './faults/monkey.ts'
import { type FrontDesk, openFrontDesk } from './front-desk.ts'
import { createLedger, type Ledger } from './ledger/ledger.ts'
import { openStore, type StoreAddress } from './open-store.ts'
import type { ChaosOptions } from './options.ts'
import { prepareStore } from './prepare-store.ts'
import { createReaper } from './reaper.ts'
import { type ChaosReport, type ChaosRow, countBy, rowOf } from './report/report.ts'
import { startStore } from './servers/store-server.ts'
import { nextTreatment } from './vendor/faulty-answers.ts'
import type { VendorRule } from './vendor/token-families.ts'
import { startVendor } from './vendor/vendor.ts'

const LIFETIME_SECONDS = 1
/** New tokens that cannot be stored are withheld for 2 s; those that live shorter would be handed out expired. */
const LIFETIME_UNDER_FAULTS_SECONDS = 3
const LATENCY = { leastMs: 15, mostMs: 45 }

/** Starts everything, lets the faults happen for as long as the options say, mends them, and looks what became of the tokens. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  await using stack = new AsyncDisposableStack()
  const weather = { faults: options.faults }
  const run = await startRun(options, weather, stack)
  const monkey = startMonkey(options.faults, run)
  await pause(options.durationMs)
  weather.faults = new Set()
  await monkey.stop()
  const failed = await run.crew.finish()
  const rows = await rowsOf(options, run)
  const incidents = countBy(run.incidents.all, ({ kind }) => kind)
  return { options, rows, failed, incidents, refusals: run.vendor.refusals() }
}

interface Run extends Prey {
  readonly accounts: ReadonlyMap<string, VendorRule>
  readonly ledger: Ledger
  readonly desk: FrontDesk
}

/** @param weather the faults of the vendor, which may change. @param stack ends all that was started */
async function startRun(
  options: ChaosOptions,
  weather: { readonly faults: ReadonlySet<Fault> },
  stack: AsyncDisposableStack,
): Promise<Run> {
  const accounts = accountsOf(options)
  const names = [...accounts.keys()]
  const isCalm = options.faults.size === 0
  const reaper = stack.use(createReaper())
  const server = await startStore(options.store, reaper)
  stack.defer(async () => await server.crash?.())
  await prepareStore(server.address)
  const lifetimeSeconds = isCalm ? LIFETIME_SECONDS : LIFETIME_UNDER_FAULTS_SECONDS
  const treatment = () => nextTreatment(LATENCY, weather.faults)
  const vendor = stack.adopt(await startVendor({ lifetimeSeconds, treatment }), (it) => it.stop())
  const { store } = stack.adopt(await openStore(server.address), (it) => it.close())
  const incidents = createIncidents()
  const ledger = createLedger(names, vendor.presentations, incidents.all)
  const desk = openFrontDesk({ store, vendor, ledger, accounts })
  await Promise.all(names.map(desk.signIn))
  const links = isCalm ? [] : await openLinks(server.address, options.processes)
  stack.defer(async () => void (await Promise.all(links.map((link) => link.close()))))
  const common = { vendorOrigin: vendor.origin, accounts: names, callers: options.callers, faults: [...options.faults] }
  const planOf = (index: number) => ({ ...common, store: addressBehind(links[index], server.address) })
  const crew = stack.adopt(await startCrew(options.processes, planOf, desk.hear, reaper), (it) => it.destroy())
  return { accounts, ledger, desk, crew, vendor, server, links, incidents }
}

async function rowsOf(options: ChaosOptions, { accounts, ledger, desk }: Run): Promise<ChaosRow[]> {
  const names = [...accounts.keys()]
  const usable = await Promise.all(names.map(desk.isUsable))
  const unusable = new Set(names.filter((_, index) => !usable[index]))
  return options.vendors.map((rule) => {
    const ofRule = names.filter((name) => accounts.get(name) === rule)
    return rowOf(options, rule, ofRule, ledger, unusable)
  })
}

function accountsOf({ accounts, vendors }: ChaosOptions): ReadonlyMap<string, VendorRule> {
  const numbers = Array.from({ length: accounts }, (_, index) => index + 1)
  return new Map(vendors.flatMap((rule) => numbers.map((number) => [`${rule}-${number}`, rule] as const)))
}

async function openLinks(address: StoreAddress, processes: number): Promise<Link[]> {
  if (address.kind === 'file') return []
  return Promise.all(Array.from({ length: processes }, () => openLink(address.port)))
}

function addressBehind(link: Link | undefined, address: StoreAddress): StoreAddress {
  return link && address.kind !== 'file' ? { ...address, port: link.port } : address
}
