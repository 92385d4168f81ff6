import type { Simulator } from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'
import { closeVendors, openVendors } from '../../src/vendors/open.ts'
import type { Vendor } from '../../src/vendors/vendor.ts'

/** Every vendor, simulated. */
export async function simulatedVendors() {
  const vendors = await openVendors({})
  onTestFinished(() => closeVendors(vendors))
  const simulators = vendors.map(simulatorOf)
  const [flume, airthings, bluesonde, m2m] = simulators
  if (!flume || !airthings || !bluesonde || !m2m) throw new TypeError('a vendor is missing')
  return { vendors, simulators, flume, airthings, bluesonde, m2m }
}

function simulatorOf(vendor: Vendor): Simulator {
  if (!vendor.simulation) throw new TypeError('the vendor is not simulated')
  return vendor.simulation.simulator
}

/** Everything secret that the program has sent: what authorizes its requests, and what its token requests hold. */
export function secretsSent({ requests }: Simulator): string[] {
  const secrets = requests.flatMap(({ kind, headers, query, body }) => {
    const token = headers.authorization?.replace(/^\w+ /, '')
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
    const fieldsOf = (text: string) => Object.entries<unknown>(JSON.parse(text))
    const parameters = kind !== 'token' ? [] : isForm ? [...new URLSearchParams(body)] : fieldsOf(body)
    const fields = parameters.filter(([name]) => ['client_secret', 'password', 'refresh_token'].includes(name))
    return [token, query.api_key, ...fields.map(([, value]) => value)]
  })
  return [...new Set(secrets.filter((secret) => typeof secret === 'string'))]
}
