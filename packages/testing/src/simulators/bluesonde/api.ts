import { readBearer } from '../authorization.ts'
import type { SimulatorApp } from '../loopback-server.ts'

export interface BluesondeApi {
  readonly now: () => number
  /** The scopes of a good key or token. */
  scopesOf(bearer: string): Promise<readonly string[] | undefined>
}

const READ_SCOPE = 'devices:read'

/** Bluesonde publishes neither its API's host nor its paths: these are invented. */
export function addApiRoutes(app: SimulatorApp, { now, scopesOf }: BluesondeApi): void {
  app.use('/v1/*', async ({ req }, next) => {
    const scopes = await scopesOf(readBearer(req.header('authorization')))
    if (!scopes) return problem(401, 'Unauthorized')
    return scopes.includes(READ_SCOPE) ? next() : problem(403, `Forbidden: ${READ_SCOPE} is missing`)
  })
  app.get('/v1/devices', () => Response.json({ devices: BUOYS.map(({ device }) => device) }))
  app.get('/v1/devices/:device/readings', ({ req }) => {
    const buoy = BUOYS.find(({ device }) => device.id === req.param('device'))
    if (!buoy) return problem(404, 'Not Found')
    return Response.json({ readings: [{ recorded_at: new Date(now()).toISOString(), ...buoy.reading }] })
  })
  app.notFound(() => problem(404, 'Not Found'))
}

function problem(status: number, message: string): Response {
  return Response.json({ message }, { status })
}

const BUOYS = [
  {
    device: { id: 'buoy-1', name: 'Harbour mouth', latitude: 54.32, longitude: 10.19, status: 'online' },
    reading: { wave_height_m: 0.4, wave_period_s: 3.1, water_temperature_c: 11.8 },
  },
  {
    device: { id: 'buoy-2', name: 'Outer bank', latitude: 54.51, longitude: 10.42, status: 'online' },
    reading: { wave_height_m: 1.7, wave_period_s: 5.6, water_temperature_c: 10.9 },
  },
]
