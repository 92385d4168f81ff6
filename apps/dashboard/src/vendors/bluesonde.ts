import { bluesondeSimulator } from '@valetkey/testing/simulators'
import { connectBluesondeKey } from '../connect/bluesonde-key.ts'
import { connectBluesondeUser } from '../connect/bluesonde-sign-in.ts'
import type { Api } from './api.ts'
import type { BluesondeAccount } from './environment.ts'
import type { Json } from './json.ts'
import type { Reading } from './reading.ts'
import type { BluesondeSetup } from './setup.ts'
import { LIFETIMES_S, type Simulation } from './simulated.ts'
import { type SteppableClock, steppableClock } from './steppable-clock.ts'
import { summarize } from './summary.ts'
import { createVendor, type Runtime, runtimeOptions, type Vendor, type VendorParts } from './vendor.ts'

type Parts = Pick<VendorParts, 'name' | 'client' | 'read' | 'touch'>

const BLUESONDE_CALLBACK = '/callback/bluesonde'

const CLIENT_ID = 'simulated-client'

const TITLE: Parts = { name: 'Bluesonde', client: 'axios', read: readBuoys, touch: (api) => api.get('/v1/devices') }
const KEY = { grant: 'API key', code: 'bluesonde-key' }

/** Without an account a simulator is started; where there is a page, a person signs in there. */
export async function openBluesonde(account: BluesondeAccount | undefined, runtime: Runtime): Promise<Vendor> {
  if (account) return openLive(account)
  return runtime.origin === undefined ? openSimulatedKey() : openSimulatedUser(runtime, runtime.origin)
}

/** Bluesonde does not publish what its API answers, so of a live answer only the size is shown. */
function openLive({ apiKey, baseUrl, path }: BluesondeAccount): Vendor {
  return createVendor({
    ...TITLE,
    ...KEY,
    source: 'live',
    baseUrl,
    connect: () => connectBluesondeKey({ apiKey, baseUrl }),
    read: async (api) => summarize(await api.get(path)),
    touch: (api) => api.get(path),
  })
}

async function openSimulatedKey(): Promise<Vendor> {
  let apiKey = 'sk_test_simulated'
  const simulator = await bluesondeSimulator({ apiKey })
  const { baseUrl } = simulator
  const replaceKey = () => {
    simulator.deleteApiKey(apiKey)
    apiKey = simulator.createApiKey()
  }
  return createVendor({
    ...TITLE,
    ...KEY,
    source: 'simulator',
    baseUrl,
    connect: () => connectBluesondeKey({ apiKey: () => apiKey, baseUrl, allowInsecureRequests: true }),
    simulation: { simulator, replaceKey, clock: steppableClock() },
  })
}

async function openSimulatedUser(runtime: Runtime, origin: string): Promise<Vendor> {
  const clock = steppableClock()
  const redirectUri = origin + BLUESONDE_CALLBACK
  const simulator = await bluesondeSimulator({
    clientId: CLIENT_ID,
    redirectUris: [redirectUri],
    expiresIn: LIFETIMES_S.bluesonde,
    applicationName: 'valetkey dashboard',
    clock,
  })
  const { baseUrl, tokenUrl, authorizationUrl, approve } = simulator
  const urls = { baseUrl, tokenUrl, authorizationUrl, redirectUri }
  const setup: BluesondeSetup = {
    kind: 'bluesonde',
    source: 'simulator',
    clientId: CLIENT_ID,
    ...urls,
    allowInsecureRequests: true,
  }
  return bluesondeVendor(setup, runtime, clock, {
    simulator,
    clock,
    lifetimeMs: LIFETIMES_S.bluesonde * 1000,
    approve: (url) => approve(url),
  })
}

/** @param simulation what this process simulates of it */
export function bluesondeVendor(
  setup: BluesondeSetup,
  runtime: Runtime,
  clock?: SteppableClock,
  simulation?: Simulation,
): Vendor {
  const { kind: _, source, ...options } = setup
  return createVendor({
    ...TITLE,
    grant: 'authorization code',
    code: 'bluesonde-sign-in',
    source,
    baseUrl: setup.baseUrl,
    setup,
    simulation,
    connect: (fetch) => connectBluesondeUser({ ...options, ...runtimeOptions(runtime, clock), fetch }),
  })
}

async function readBuoys(api: Api): Promise<Reading> {
  const devices = (await api.get('/v1/devices')).member('devices').items()
  const buoys = await Promise.all(devices.map((device) => readBuoy(api, device)))
  const measured = buoys.filter((buoy): buoy is Buoy & { waves: number } => buoy.waves !== undefined)
  const [highest] = measured.toSorted((one, other) => other.waves - one.waves)
  return {
    lines: buoys.map(({ name, waves, water }) =>
      waves === undefined ? `${name}: no reading` : `${name}: waves ${waves} m, water ${water} °C`,
    ),
    headline: highest
      ? { value: String(highest.waves), label: `m waves, ${highest.name.toLowerCase()}` }
      : { value: String(buoys.length), label: 'buoys' },
    chart: {
      title: 'Wave height per buoy, m',
      kind: 'rows',
      points: measured.map(({ name, waves, water }) => ({ label: name, value: waves, note: `water ${water} °C` })),
    },
  }
}

interface Buoy {
  readonly name: string
  /** m */
  readonly waves: number | undefined
  /** °C */
  readonly water: number | undefined
}

async function readBuoy(api: Api, device: Json): Promise<Buoy> {
  const name = device.member('name').text()
  const [latest] = (await api.get(`/v1/devices/${device.member('id').text()}/readings`)).member('readings').items()
  const measured = (member: string) => latest?.member(member).number()
  return { name, waves: measured('wave_height_m'), water: measured('water_temperature_c') }
}
