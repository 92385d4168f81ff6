import type { SimulatorApp } from '../loopback-server.ts'
import { failure, success } from './envelope.ts'
import type { FlumeSettings } from './options.ts'
import { answerWaterQuery } from './water-usage.ts'

export interface FlumeApi {
  readonly settings: FlumeSettings
  readonly now: () => number
  /** Whether the bearer token of a request is good. */
  accepts(authorization: string | undefined): Promise<boolean>
}

const SENSOR_ID = '6248148189204194987'
const BRIDGE_ID = '6248148189204155555'

/** `/users/{id}…` and its substitute `/me…`. */
export function addApiRoutes(app: SimulatorApp, api: FlumeApi): void {
  for (const user of ['/users/:user', '/me']) {
    app.use(`${user}/*`, async ({ req }, next) => {
      const refused = await refuse(api, req.header('authorization'), req.param('user'))
      return refused ?? next()
    })
    app.get(user, () => success([profile(api.settings)]))
    app.get(`${user}/devices`, () => success(devices(api)))
    app.get(`${user}/devices/:device`, (context) => {
      const found = devices(api).filter(({ id }) => id === context.req.param('device'))
      return found.length > 0 ? success(found) : notFound()
    })
    app.post(`${user}/devices/:device/query`, async (context) => {
      if (context.req.param('device') !== SENSOR_ID) return notFound()
      return answerWaterQuery(context.req.header('content-type') ?? null, await context.req.text(), api.now())
    })
  }
  app.notFound(notFound)
}

async function refuse(
  { settings, accepts }: FlumeApi,
  authorization: string | undefined,
  user: string | undefined,
): Promise<Response | undefined> {
  // Flume does not document the body of a 401.
  if (!(await accepts(authorization))) return Response.json({}, { status: 401 })
  if (user === undefined || user === String(settings.userId)) return undefined
  return failure({ status: 403, message: 'forbidden', detailed: ['This client may only read its own user'] })
}

function notFound(): Response {
  return failure({ status: 404, message: 'not_found' })
}

function profile({ userId, username }: FlumeSettings) {
  return {
    id: userId,
    email_address: username,
    first_name: 'Robin',
    last_name: 'Example',
    status: 'active',
    type: 'USER',
  }
}

function devices({ settings: { userId }, now }: FlumeApi) {
  const common = { location_id: 2222, user_id: userId, last_seen: new Date(now()).toISOString(), connected: true }
  return [
    {
      id: SENSOR_ID,
      type: 2,
      bridge_id: BRIDGE_ID,
      oriented: true,
      battery_level: 'high',
      product: 'flume2',
      ...common,
    },
    { id: BRIDGE_ID, type: 1, bridge_id: null, product: 'flume2', ...common },
  ]
}
