import { m2mSimulator } from '@valetkey/testing/simulators'
import { connectM2m } from '../connect/m2m.ts'
import type { M2mAccount } from './environment.ts'
import type { M2mSetup } from './setup.ts'
import { LIFETIMES_S, type Simulation } from './simulated.ts'
import { type SteppableClock, steppableClock } from './steppable-clock.ts'
import { summarize } from './summary.ts'
import { createVendor, type Runtime, runtimeOptions, type Vendor } from './vendor.ts'

const SIMULATED = { clientId: 'simulated-client', clientSecret: 'simulated-client-secret', path: '/v1/items' }

/** Without an account a simulator is started. */
export async function openM2m(account: M2mAccount | undefined, runtime: Runtime): Promise<Vendor> {
  if (account) return m2mVendor({ kind: 'm2m', source: 'live', allowInsecureRequests: false, ...account }, runtime)
  const clock = steppableClock()
  const { path: _, ...client } = SIMULATED
  const simulator = await m2mSimulator({ ...client, clock, expiresIn: LIFETIMES_S.m2m })
  const { baseUrl } = simulator
  const setup: M2mSetup = { kind: 'm2m', source: 'simulator', ...SIMULATED, baseUrl, allowInsecureRequests: true }
  return m2mVendor(setup, runtime, clock, {
    simulator,
    clock,
    lifetimeMs: LIFETIMES_S.m2m * 1000,
  })
}

/**
 * The vendor is not known, and neither is what its API answers: only the size is shown, and rows that have names.
 * @param simulation what this process simulates of it
 */
export function m2mVendor(
  { kind, source, path, ...account }: M2mSetup,
  runtime: Runtime,
  clock?: SteppableClock,
  simulation?: Simulation,
): Vendor {
  return createVendor({
    name: 'm2m',
    grant: 'client credentials',
    client: 'fetch',
    code: 'm2m',
    source,
    baseUrl: account.baseUrl,
    setup: { kind, source, path, ...account },
    simulation,
    connect: (fetch) => connectM2m({ ...account, ...runtimeOptions(runtime, clock), fetch }),
    read: async (api) => summarize(await api.get(path)),
    touch: (api) => api.get(path),
  })
}
