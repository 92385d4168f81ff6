import type { TokenCredential } from '@valetkey/core'
import { airthingsSimulator } from '@valetkey/testing/simulators'
import { connectAirthingsClient } from '../connect/airthings-client.ts'
import { connectAirthingsUser } from '../connect/airthings-sign-in.ts'
import { readBusiness, readConsumer } from './air.ts'
import type { AirthingsAccount } from './environment.ts'
import type { AirthingsSetup } from './setup.ts'
import { LIFETIMES_S, type Simulation, UNLIMITED } from './simulated.ts'
import { type SteppableClock, steppableClock } from './steppable-clock.ts'
import { createVendor, type Runtime, runtimeOptions, type Vendor } from './vendor.ts'

const SIMULATED = {
  clientId: 'simulated-client',
  clientSecret: 'simulated-client-secret',
  api: 'consumer',
} as const

const AIRTHINGS_CALLBACK = '/callback/airthings'

const HOSTS = { consumer: 'https://consumer-api.airthings.com', business: 'https://ext-api.airthings.com' } as const

/** Without an account a simulator is started; where there is a page, a person signs in there. */
export async function openAirthings(account: AirthingsAccount | undefined, runtime: Runtime): Promise<Vendor> {
  if (account) {
    const live = { source: 'live', baseUrl: HOSTS[account.api], allowInsecureRequests: false } as const
    return airthingsVendor({ kind: 'airthings', ...account, ...live }, runtime)
  }
  const clock = steppableClock()
  const redirectUri = runtime.origin && runtime.origin + AIRTHINGS_CALLBACK
  const simulator = await airthingsSimulator({
    ...SIMULATED,
    clock,
    expiresIn: LIFETIMES_S.airthings,
    requestsPerHour: UNLIMITED,
    applicationName: 'valetkey dashboard',
    redirectUris: redirectUri ? [redirectUri] : [],
    oldRefreshDies: true,
  })
  const { baseUrl, tokenUrl, authorizationUrl, approve } = simulator
  const setup: AirthingsSetup = {
    kind: 'airthings',
    source: 'simulator',
    ...SIMULATED,
    baseUrl,
    tokenUrl,
    allowInsecureRequests: true,
    ...(redirectUri && { redirectUri, authorizationUrl }),
  }
  const lifetimeMs = LIFETIMES_S.airthings * 1000
  return airthingsVendor(setup, runtime, clock, { simulator, clock, lifetimeMs, approve: (url) => approve(url) })
}

/** @param simulation what this process simulates of it */
export function airthingsVendor(
  setup: AirthingsSetup,
  runtime: Runtime,
  clock?: SteppableClock,
  simulation?: Simulation,
): Vendor {
  const { kind: _, source, baseUrl, redirectUri, authorizationUrl, ...account } = setup
  const options = { ...account, ...(source === 'simulator' && { baseUrl }), ...runtimeOptions(runtime, clock) }
  const reader = setup.api === 'business' ? readBusiness : readConsumer
  return createVendor<TokenCredential>({
    name: 'Airthings',
    client: 'ky',
    ...(redirectUri
      ? {
          grant: 'authorization code',
          code: 'airthings-sign-in',
          connect: (fetch) => connectAirthingsUser({ ...options, redirectUri, authorizationUrl, fetch }),
        }
      : {
          grant: 'client credentials',
          code: 'airthings-client',
          connect: (fetch) => connectAirthingsClient({ ...options, fetch }),
        }),
    source,
    baseUrl,
    setup,
    simulation,
    read: reader,
    touch: (api) => api.get(setup.api === 'business' ? '/v1/devices' : '/v1/accounts'),
  })
}
