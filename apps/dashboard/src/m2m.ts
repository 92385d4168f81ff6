import { m2m } from '@valetkey/m2m'
import { m2mSimulator } from '@valetkey/testing/simulators'
import type { M2mAccount } from './environment.ts'
import { SIMULATED_LIFETIME_S, simulatedTime } from './simulated.ts'
import { tokenSteps } from './steps.ts'
import { summarize } from './summary.ts'
import { createVendor, type Vendor, type VendorParts } from './vendor.ts'

const SIMULATED = { clientId: 'simulated-client', clientSecret: 'simulated-client-secret' }

/** Without an account a simulator is started. */
export async function openM2m(account: M2mAccount | undefined): Promise<Vendor> {
  return account ? openLive(account) : openSimulated()
}

function openLive({ path, ...account }: M2mAccount): Vendor {
  const open = (fetch: typeof globalThis.fetch) => m2m.clientCredentials({ ...account, fetch })
  return createVendor({ ...readerOf(path), baseUrl: account.baseUrl, open })
}

async function openSimulated(): Promise<Vendor> {
  const { clock, expireTokens } = simulatedTime()
  const simulator = await m2mSimulator({ ...SIMULATED, clock, expiresIn: SIMULATED_LIFETIME_S })
  const { baseUrl } = simulator
  return createVendor({
    ...readerOf('/v1/items'),
    baseUrl,
    open: (fetch) => m2m.clientCredentials({ ...SIMULATED, baseUrl, fetch, clock, allowInsecureRequests: true }),
    simulation: { simulator, steps: tokenSteps(simulator, expireTokens) },
  })
}

/** The vendor is not known, and neither is what its API answers: only the size is shown. */
function readerOf(path: string): Pick<VendorParts, 'name' | 'read' | 'touch'> {
  return { name: 'm2m', read: async (api) => [summarize(await api.get(path))], touch: (api) => api.get(path) }
}
