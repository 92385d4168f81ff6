import { bluesonde } from '@valetkey/bluesonde'
import { bluesondeSimulator } from '@valetkey/testing/simulators'
import type { Api } from './api.ts'
import type { BluesondeAccount } from './environment.ts'
import type { Json } from './json.ts'
import { keySteps } from './steps.ts'
import { summarize } from './summary.ts'
import { createVendor, type Vendor } from './vendor.ts'

const NAME = 'Bluesonde'

/** Without an account a simulator is started. */
export async function openBluesonde(account: BluesondeAccount | undefined): Promise<Vendor> {
  return account ? openLive(account) : openSimulated()
}

/** Bluesonde does not publish what its API answers, so of a live answer only the size is shown. */
function openLive({ apiKey, baseUrl, path }: BluesondeAccount): Vendor {
  return createVendor({
    name: NAME,
    baseUrl,
    open: () => bluesonde.apiKey({ apiKey, baseUrl }),
    read: async (api) => [summarize(await api.get(path))],
    touch: (api) => api.get(path),
  })
}

async function openSimulated(): Promise<Vendor> {
  let apiKey = 'sk_test_simulated'
  const simulator = await bluesondeSimulator({ apiKey })
  const { baseUrl } = simulator
  const replaceKey = () => {
    simulator.deleteApiKey(apiKey)
    apiKey = simulator.createApiKey()
  }
  return createVendor({
    name: NAME,
    baseUrl,
    open: () => bluesonde.apiKey({ apiKey: () => apiKey, baseUrl, allowInsecureRequests: true }),
    read: readBuoys,
    touch: getDevices,
    simulation: { simulator, steps: keySteps(replaceKey) },
  })
}

function getDevices(api: Api): Promise<Json> {
  return api.get('/v1/devices')
}

async function readBuoys(api: Api): Promise<readonly string[]> {
  const devices = (await getDevices(api)).member('devices').items()
  return Promise.all(devices.map((device) => readBuoy(api, device)))
}

async function readBuoy(api: Api, device: Json): Promise<string> {
  const name = device.member('name').text()
  const [latest] = (await api.get(`/v1/devices/${device.member('id').text()}/readings`)).member('readings').items()
  if (latest === undefined) return `${name}: no reading`
  const [waves, water] = ['wave_height_m', 'water_temperature_c'].map((member) => latest.member(member).number())
  return `${name}: waves ${waves} m, water ${water} °C`
}
