import { type Clock, systemClock, type TokenCredential } from '@valetkey/core'
import { flume } from '@valetkey/flume'
import { flumeSimulator } from '@valetkey/testing/simulators'
import type { Api } from './api.ts'
import type { FlumeAccount } from './environment.ts'
import type { Json } from './json.ts'
import { ApiProblem } from './problem.ts'
import { SIMULATED_LIFETIME_S, simulatedTime, UNLIMITED } from './simulated.ts'
import { tokenSteps } from './steps.ts'
import { createVendor, type Vendor } from './vendor.ts'

const NAME = 'Flume'
const API = 'https://api.flumewater.com'

/** `type` of a device: 1 is the bridge, 2 the sensor on the water meter. */
const SENSOR = 2

const SIMULATED: FlumeAccount = {
  clientId: 'simulated-client',
  clientSecret: 'simulated-client-secret',
  username: 'robin@example.com',
  password: 'simulated-password',
}

/** Without an account a simulator is started. */
export async function openFlume(account: FlumeAccount | undefined): Promise<Vendor> {
  return account ? openLive(account) : openSimulated()
}

function openLive(account: FlumeAccount): Vendor {
  return createVendor({
    name: NAME,
    baseUrl: API,
    open: (fetch) => flume.password({ ...account, fetch }),
    read: (api, credential) => readWater(api, credential, systemClock()),
    touch,
  })
}

async function openSimulated(): Promise<Vendor> {
  const { clock, expireTokens } = simulatedTime()
  const simulator = await flumeSimulator({
    ...SIMULATED,
    clock,
    expiresIn: SIMULATED_LIFETIME_S,
    requestsPerHour: { oauth: UNLIMITED, users: UNLIMITED },
  })
  const { baseUrl } = simulator
  return createVendor({
    name: NAME,
    baseUrl,
    open: (fetch) => flume.password({ ...SIMULATED, baseUrl, fetch, clock, allowInsecureRequests: true }),
    read: (api, credential) => readWater(api, credential, clock),
    touch,
    simulation: { simulator, steps: tokenSteps(simulator, expireTokens) },
  })
}

function touch(api: Api): Promise<Json> {
  return api.get('/me')
}

/** https://flumetech.readme.io/reference/query-samples; times are local to the sensor. */
async function readWater(api: Api, credential: TokenCredential, clock: Clock): Promise<readonly string[]> {
  const user = `/users/${await flume.userId(credential)}`
  const devices = (await api.get(`${user}/devices?location=true`)).member('data').items()
  const sensors = devices.filter((device) => device.member('type').value === SENSOR)
  if (sensors.length === 0) throw new ApiProblem('the account has no water sensor')
  return Promise.all(sensors.map((sensor) => readSensor(api, `${user}/devices`, sensor, clock)))
}

async function readSensor(api: Api, devices: string, sensor: Json, clock: Clock): Promise<string> {
  const location = sensor.member('location')
  const today = {
    request_id: 'today',
    bucket: 'DAY',
    since_datetime: startOfToday(clock.now(), location.member('tz').value),
    operation: 'SUM',
    units: 'LITERS',
  }
  const answer = await api.post(`${devices}/${sensor.member('id').text()}/query`, { queries: [today] })
  const [sum] = answer.member('data').items()[0]?.member('today').items() ?? []
  if (sum === undefined) throw new ApiProblem('the answer to the query has no sum for today')
  const place = location.member('name').value
  return `${typeof place === 'string' ? `${place}: ` : ''}${sum.member('value').number().toFixed(1)} litres today`
}

/** `YYYY-MM-DD 00:00:00` in the sensor's time zone. */
function startOfToday(nowMs: number, timeZone: unknown): string {
  const options = { timeZone: typeof timeZone === 'string' ? timeZone : 'UTC' }
  // Swedish dates are written as in ISO 8601.
  return `${new Intl.DateTimeFormat('sv-SE', options).format(nowMs)} 00:00:00`
}
