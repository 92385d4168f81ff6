import { airthings } from '@valetkey/airthings'
import { airthingsSimulator } from '@valetkey/testing/simulators'
import type { Api } from './api.ts'
import type { AirthingsAccount } from './environment.ts'
import { type Json, toJson } from './json.ts'
import { ApiProblem } from './problem.ts'
import { SIMULATED_LIFETIME_S, simulatedTime, UNLIMITED } from './simulated.ts'
import { tokenSteps } from './steps.ts'
import { createVendor, type Vendor } from './vendor.ts'

const NAME = 'Airthings'

const SIMULATED = { clientId: 'simulated-client', clientSecret: 'simulated-client-secret' }

/** Without an account a simulator is started. */
export async function openAirthings(account: AirthingsAccount | undefined): Promise<Vendor> {
  return account ? openLive(account) : openSimulated()
}

function openLive(account: AirthingsAccount): Vendor {
  return createVendor({
    name: NAME,
    open: (fetch) => airthings.clientCredentials({ ...account, fetch }),
    ...(account.api === 'business'
      ? { baseUrl: 'https://ext-api.airthings.com', read: readBusiness, touch: getDevices }
      : { baseUrl: 'https://consumer-api.airthings.com', read: readConsumer, touch: getAccounts }),
  })
}

async function openSimulated(): Promise<Vendor> {
  const { clock, expireTokens } = simulatedTime()
  const simulator = await airthingsSimulator({
    ...SIMULATED,
    clock,
    expiresIn: SIMULATED_LIFETIME_S,
    requestsPerHour: UNLIMITED,
  })
  const { baseUrl, tokenUrl } = simulator
  return createVendor({
    name: NAME,
    baseUrl,
    open: (fetch) =>
      airthings.clientCredentials({ ...SIMULATED, baseUrl, tokenUrl, fetch, clock, allowInsecureRequests: true }),
    read: readConsumer,
    touch: getAccounts,
    simulation: { simulator, steps: tokenSteps(simulator, expireTokens) },
  })
}

function getAccounts(api: Api): Promise<Json> {
  return api.get('/v1/accounts')
}

function getDevices(api: Api): Promise<Json> {
  return api.get('/v1/devices')
}

/** https://consumer-api-doc.airthings.com; the first account's devices. */
async function readConsumer(api: Api): Promise<readonly string[]> {
  const [account] = (await getAccounts(api)).member('accounts').items()
  if (account === undefined) throw new ApiProblem('the client sees no account')
  const path = `/v1/accounts/${account.member('id').text()}`
  const [devices, sensors] = await Promise.all([api.get(`${path}/devices`), api.get(`${path}/sensors`)])
  const names = new Map(devices.member('devices').items().map(nameOf))
  return sensors
    .member('results')
    .items()
    .map((result) => describeAir(names.get(result.member('serialNumber').value), result.member('sensors').items()))
}

function nameOf(device: Json): [serialNumber: unknown, name: unknown] {
  return [device.member('serialNumber').value, device.member('name').value]
}

/** https://developer.airthings.com/api-docs; the first device that has measured, since the quota is per request. */
async function readBusiness(api: Api): Promise<readonly string[]> {
  const devices = (await getDevices(api)).member('devices').items()
  const device = devices.find((candidate) => candidate.member('sensors').items().length > 0)
  if (device === undefined) throw new ApiProblem('the client sees no device with sensors')
  const samples = await api.get(`/v1/devices/${device.member('id').text()}/latest-samples`)
  const measured = (sensorType: string, unit: string) =>
    toJson({ sensorType, value: samples.member('data').member(sensorType).value, unit }, sensorType)
  return [describeAir(device.member('segment').member('name').value, [measured('co2', 'ppm'), measured('temp', 'c')])]
}

function describeAir(name: unknown, sensors: readonly Json[]): string {
  const texts = sensors.map(describeSensor).filter((text) => text !== '')
  return `${typeof name === 'string' ? name : 'Device'}: ${texts.join(', ') || 'no CO₂, no temperature'}`
}

function describeSensor(sensor: Json): string {
  const value = sensor.member('value').value
  const unit = sensor.member('unit').value
  if (typeof value !== 'number') return ''
  switch (sensor.member('sensorType').value) {
    case 'co2':
      return `CO₂ ${value} ppm`
    case 'temp':
      return `${value} °${unit === 'f' ? 'F' : 'C'}`
    default:
      return ''
  }
}
