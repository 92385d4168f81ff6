import { openAirthings } from './airthings.ts'
import { openBluesonde } from './bluesonde.ts'
import type { Accounts } from './environment.ts'
import { openFlowluKey, openFlowluUser } from './flowlu.ts'
import { openFlume } from './flume.ts'
import { openM2m } from './m2m.ts'
import type { Runtime, Vendor } from './vendor.ts'

/** Every vendor and way to sign in. Those without an account are simulated. */
export async function openVendors(accounts: Partial<Accounts>, runtime: Runtime = {}): Promise<Vendor[]> {
  const { flume, airthings, bluesonde, m2m, flowluKey, flowluUser } = accounts
  return Promise.all([
    openFlume(flume, runtime),
    openAirthings(airthings, runtime),
    openBluesonde(bluesonde, runtime),
    openM2m(m2m, runtime),
    openFlowluKey(flowluKey),
    openFlowluUser(flowluUser, runtime),
  ])
}

/** One of each vendor, for the page. Flowlu is used with its key, unless there is a person's account only. */
export async function openCards(accounts: Partial<Accounts>, runtime: Runtime): Promise<Vendor[]> {
  const { flume, airthings, bluesonde, m2m, flowluKey, flowluUser } = accounts
  return Promise.all([
    openFlume(flume, runtime),
    openAirthings(airthings, runtime),
    openBluesonde(bluesonde, runtime),
    openM2m(m2m, runtime),
    flowluUser && !flowluKey ? openFlowluUser(flowluUser, runtime) : openFlowluKey(flowluKey),
  ])
}

export async function closeVendors(vendors: readonly Vendor[]): Promise<void> {
  await Promise.all(vendors.map((vendor) => vendor.close()))
}
