import { setTimeout as pause } from 'node:timers/promises'
import { startCrew } from './crew.ts'
import { createIncidents } from './faults/incidents.ts'
import { type Link, openLink } from './faults/link.ts'
import { startMonkey } from './faults/monkey.ts'
import { openFrontDesk } from './front-desk.ts'
import { createLedger } from './ledger/ledger.ts'
import { openStore, type StoreAddress } from './open-store.ts'
import type { ChaosOptions } from './options.ts'
import { prepareStore } from './prepare-store.ts'
import { createReaper } from './reaper.ts'
import { type ChaosReport, countBy, rowOf } from './report/report.ts'
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
  const accounts = accountsOf(options)
  const names = [...accounts.keys()]
  let { faults } = options
  const lifetimeSeconds = faults.size > 0 ? LIFETIME_UNDER_FAULTS_SECONDS : LIFETIME_SECONDS
  const reaper = stack.use(createReaper())
  const server = await startStore(options.store, reaper)
  stack.defer(async () => await server.crash?.())
  await prepareStore(server.address)
  const vendor = stack.adopt(
    await startVendor({ lifetimeSeconds, treatment: () => nextTreatment(LATENCY, faults) }),
    (it) => it.stop(),
  )
  const { store } = stack.adopt(await openStore(server.address), (it) => it.close())
  const incidents = createIncidents()
  const ledger = createLedger(names, vendor.presentations, incidents.all)
  const desk = openFrontDesk({ store, vendor, ledger, accounts })
  await Promise.all(names.map(desk.signIn))

  const links = faults.has('partition') ? await openLinks(server.address, options.processes) : []
  stack.defer(async () => void (await Promise.all(links.map((link) => link.close()))))
  const planOf = (index: number) => ({
    vendorOrigin: vendor.origin,
    accounts: names,
    store: addressBehind(links[index], server.address),
    callers: options.callers,
  })
  const crew = stack.adopt(await startCrew(options.processes, planOf, desk.hear, reaper), (it) => it.destroy())

  const monkey = startMonkey(faults, { crew, vendor, server, links, incidents })
  await pause(options.durationMs)
  faults = new Set()
  await monkey.stop()
  const failed = await crew.finish()
  await desk.settled()
  const usable = await Promise.all(names.map(desk.isUsable))
  const unusable = new Set(names.filter((_, index) => !usable[index]))
  const rows = options.vendors.map((rule) => {
    const ofRule = names.filter((name) => accounts.get(name) === rule)
    return rowOf(options, rule, ofRule, ledger, unusable)
  })
  return { options, rows, failed, incidents: countBy(incidents.all, ({ kind }) => kind), refusals: vendor.refusals() }
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
