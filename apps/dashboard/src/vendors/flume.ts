import type { Clock, TokenCredential } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'
import * as flume from '@valetkey/flume'
import { flumeSimulator } from '@valetkey/testing/simulators'
import { connectFlume } from '../connect/flume.ts'
import type { Api } from './api.ts'
import type { FlumeAccount } from './environment.ts'
import type { Json } from './json.ts'
import { ApiProblem } from './problem.ts'
import type { Point, Reading } from './reading.ts'
import type { FlumeSetup } from './setup.ts'
import { LIFETIMES_S, type Simulation, UNLIMITED } from './simulated.ts'
import { type SteppableClock, steppableClock } from './steppable-clock.ts'
import { createVendor, type Runtime, runtimeOptions, type Vendor } from './vendor.ts'

const API = 'https://api.flumewater.com'

/** `type` of a device: 1 is the bridge, 2 the sensor on the water meter. */
const SENSOR = 2

const HOURS_SHOWN = 24
const HOUR_MS = 3_600_000

const SIMULATED: FlumeAccount = {
  clientId: 'simulated-client',
  clientSecret: 'simulated-client-secret',
  username: 'robin@example.com',
  password: 'simulated-password',
}

/** Without an account a simulator is started. */
export async function openFlume(account: FlumeAccount | undefined, runtime: Runtime): Promise<Vendor> {
  if (account) return flumeVendor({ kind: 'flume', source: 'live', ...account, ...LIVE }, runtime)
  const clock = steppableClock()
  const simulator = await flumeSimulator({
    ...SIMULATED,
    clock,
    expiresIn: LIFETIMES_S.flume,
    requestsPerHour: { oauth: UNLIMITED, users: UNLIMITED },
  })
  const { baseUrl } = simulator
  const setup: FlumeSetup = { kind: 'flume', source: 'simulator', ...SIMULATED, baseUrl, allowInsecureRequests: true }
  return flumeVendor(setup, runtime, clock, {
    simulator,
    clock,
    lifetimeMs: LIFETIMES_S.flume * 1000,
  })
}

const LIVE = { baseUrl: API, allowInsecureRequests: false }

/** @param simulation what this process simulates of it */
export function flumeVendor(
  setup: FlumeSetup,
  runtime: Runtime,
  clock?: SteppableClock,
  simulation?: Simulation,
): Vendor {
  const { kind: _, source, baseUrl, ...account } = setup
  const options = { ...account, ...(source === 'simulator' && { baseUrl }), ...runtimeOptions(runtime, clock) }
  return createVendor({
    name: 'Flume',
    grant: 'password',
    client: 'fetch',
    code: 'flume',
    source,
    baseUrl,
    setup,
    simulation,
    connect: (fetch) => connectFlume({ ...options, fetch }),
    read: (api, credential) => readWater(api, credential, clock ?? systemClock),
    touch: (api) => api.get('/me'),
  })
}

/** https://flumetech.readme.io/reference/query-samples; times are local to the sensor. */
async function readWater(api: Api, credential: TokenCredential, clock: Clock): Promise<Reading> {
  const user = `/users/${await flume.userId(credential)}`
  const devices = (await api.get(`${user}/devices?location=true`)).member('data').items()
  const sensors = devices.filter((device) => device.member('type').value === SENSOR)
  if (sensors.length === 0) throw new ApiProblem('the account has no water sensor')
  const water = await Promise.all(sensors.map((sensor) => readSensor(api, `${user}/devices`, sensor, clock)))
  const litres = water.reduce((sum, sensor) => sum + sensor.today, 0)
  return {
    lines: water.map(({ line }) => line),
    headline: { value: litres.toFixed(1), label: 'litres of water today' },
    chart: { title: `Litres per hour, last ${HOURS_SHOWN} hours`, kind: 'hours', points: water[0]?.hours ?? [] },
  }
}

interface Water {
  readonly line: string
  /** Litres. */
  readonly today: number
  readonly hours: readonly Point[]
}

async function readSensor(api: Api, devices: string, sensor: Json, clock: Clock): Promise<Water> {
  const location = sensor.member('location')
  const zone = location.member('tz').value
  const common = { units: 'LITERS' }
  const since = startOfHour(clock.now() - (HOURS_SHOWN - 1) * HOUR_MS, zone)
  const queries = [
    {
      ...common,
      request_id: 'today',
      bucket: 'DAY',
      since_datetime: startOfToday(clock.now(), zone),
      operation: 'SUM',
    },
    { ...common, request_id: 'hours', bucket: 'HR', since_datetime: since },
  ]
  const answer = await api.post(`${devices}/${sensor.member('id').text()}/query`, { queries })
  const [found] = answer.member('data').items()
  const [sum] = found?.member('today').items() ?? []
  if (sum === undefined) throw new ApiProblem('the answer to the query has no sum for today')
  const today = sum.member('value').number()
  const place = location.member('name').value
  return {
    today,
    line: `${typeof place === 'string' ? `${place}: ` : ''}${today.toFixed(1)} litres today`,
    hours: found?.member('hours').items().map(pointOf) ?? [],
  }
}

/** `datetime` is `YYYY-MM-DD HH:mm:ss`. */
function pointOf(bucket: Json): Point {
  return { label: bucket.member('datetime').text().slice(11, 16), value: bucket.member('value').number() }
}

/** `YYYY-MM-DD 00:00:00` in the sensor's time zone. */
function startOfToday(nowMs: number, timeZone: unknown): string {
  return `${localTime(nowMs, timeZone).slice(0, 10)} 00:00:00`
}

function startOfHour(nowMs: number, timeZone: unknown): string {
  return `${localTime(nowMs, timeZone).slice(0, 13)}:00:00`
}

function localTime(nowMs: number, timeZone: unknown): string {
  const style = { dateStyle: 'short', timeStyle: 'medium' } as const
  // Swedish dates are written as in ISO 8601.
  return new Intl.DateTimeFormat('sv-SE', {
    ...style,
    timeZone: typeof timeZone === 'string' ? timeZone : 'UTC',
  }).format(nowMs)
}
