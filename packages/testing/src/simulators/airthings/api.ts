import type { SimulatorApp } from '../loopback-server.ts'
import { createRateLimiter } from '../rate-limit.ts'
import { type Consent, idOf } from './ledger.ts'
import type { AirthingsSettings } from './options.ts'
import { rateHeaders, tooManyRequests } from './rate-limits.ts'

export interface AirthingsApi {
  readonly settings: AirthingsSettings
  readonly now: () => number
  /** What a valid token, sent as `Bearer <token>` or alone, gives access to. */
  consentOf(authorization: string | undefined): Promise<Consent | undefined>
}

const READ_SCOPES = { consumer: 'read:device:current_values', business: 'read:device' }

const BECQUEREL_PER_PICOCURIE = 37

/** `/v1/accounts…` as in the OpenAPI document of Airthings' SDK. */
export function addApiRoutes(app: SimulatorApp, { settings, now, consentOf }: AirthingsApi): void {
  const limiter = createRateLimiter(settings.requestsPerHour, now)
  app.use('/v1/*', async (context, next) => {
    const consent = await consentOf(context.req.header('authorization'))
    // Not an object: a bare JSON string.
    if (!consent) return Response.json('Not Authenticated', { status: 401 })
    if (!consent.scopes.includes(READ_SCOPES[settings.api])) return message(403, 'Missing scope')
    const rate = limiter.take(settings.clientId)
    const answer = rate.limited ? tooManyRequests() : answerAccounts(context.req.path, idOf(consent.userId))
    if (answer) context.res = answer
    else await next()
    for (const [name, value] of rateHeaders(rate, now())) context.header(name, value)
    return undefined
  })
  app.get('/v1/accounts/:account/devices', () => Response.json({ devices: DEVICES.map(({ info }) => info) }))
  app.get('/v1/accounts/:account/sensors', ({ req }) =>
    Response.json(readings(now(), req.queries('sn') ?? [], req.query('unit') === 'imperial')),
  )
  app.notFound(() => message(404, 'Not Found'))
}

/** Each user sees only their account. */
function answerAccounts(path: string, ownId: string): Response | undefined {
  if (path === '/v1/accounts') return Response.json({ accounts: [{ id: ownId }] })
  const id = path.match(/^\/v1\/accounts\/([^/]+)/)?.[1]
  return id === undefined || id === ownId ? undefined : message(403, 'Forbidden: not the owner of this device')
}

function message(status: number, text: string): Response {
  return Response.json({ message: text }, { status })
}

function readings(nowMs: number, serials: readonly string[], imperial: boolean) {
  const chosen = DEVICES.filter(({ info }) => serials.length === 0 || serials.includes(info.serialNumber))
  const results = chosen.map(({ info, metric }) => ({
    serialNumber: info.serialNumber,
    sensors: metric.map((reading) => (imperial ? toImperial(reading) : reading)),
    recorded: new Date(nowMs).toISOString().slice(0, 19),
    batteryPercentage: 87,
  }))
  return { results, hasNext: false, totalPages: 1 }
}

interface Reading {
  readonly sensorType: string
  readonly value: number
  readonly unit: string
}

function toImperial(reading: Reading): Reading {
  if (reading.unit === 'c') return { ...reading, value: (reading.value * 9) / 5 + 32, unit: 'f' }
  if (reading.unit === 'bq') return { ...reading, value: reading.value / BECQUEREL_PER_PICOCURIE, unit: 'pci' }
  return reading
}

const DEVICES = [
  {
    info: {
      serialNumber: '2960000001',
      home: 'Home',
      name: 'Living room',
      type: 'VIEW_PLUS',
      sensors: ['co2', 'temp', 'humidity', 'radonShortTermAvg'],
    },
    metric: [
      { sensorType: 'co2', value: 742, unit: 'ppm' },
      { sensorType: 'temp', value: 21.4, unit: 'c' },
      { sensorType: 'humidity', value: 38, unit: 'pct' },
      { sensorType: 'radonShortTermAvg', value: 37, unit: 'bq' },
    ],
  },
  {
    info: {
      serialNumber: '2930000002',
      home: 'Home',
      name: 'Basement',
      type: 'WAVE_PLUS',
      sensors: ['co2', 'temp', 'humidity', 'radonShortTermAvg'],
    },
    metric: [
      { sensorType: 'co2', value: 518, unit: 'ppm' },
      { sensorType: 'temp', value: 16.5, unit: 'c' },
      { sensorType: 'humidity', value: 55, unit: 'pct' },
      { sensorType: 'radonShortTermAvg', value: 111, unit: 'bq' },
    ],
  },
] satisfies { info: object; metric: Reading[] }[]
