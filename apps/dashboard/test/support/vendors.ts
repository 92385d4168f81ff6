import type { Simulator } from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'
import { closeVendors, openVendors } from '../../src/run.ts'
import type { Vendor } from '../../src/vendor.ts'

/** Both vendors, simulated. */
export async function simulatedVendors() {
  const vendors = await openVendors({ flume: undefined, airthings: undefined })
  onTestFinished(() => closeVendors(vendors))
  const [flume, airthings] = vendors
  return { vendors, flume: simulatorOf(flume), airthings: simulatorOf(airthings) }
}

function simulatorOf(vendor: Vendor | undefined): Simulator {
  if (!vendor?.simulation) throw new TypeError('the vendor is not simulated')
  return vendor.simulation.simulator
}

/** Everything secret that the program has sent: what authorizes its requests, and what its token requests hold. */
export function secretsSent({ requests }: Simulator): string[] {
  const secrets = requests.flatMap(({ kind, headers, body }) => {
    const token = headers.authorization?.replace(/^Bearer /, '')
    const parameters = kind === 'token' ? Object.entries<unknown>(JSON.parse(body)) : []
    const fields = parameters.filter(([name]) => ['client_secret', 'password', 'refresh_token'].includes(name))
    return [token, ...fields.map(([, value]) => value)]
  })
  return [...new Set(secrets.filter((secret) => typeof secret === 'string'))]
}
