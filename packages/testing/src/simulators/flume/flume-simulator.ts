import { readBearer } from '../authorization.ts'
import { createSimulatorBase } from '../create-simulator.ts'
import { createHmacTokens } from '../issued-tokens.ts'
import type { SimulatorApp } from '../loopback-server.ts'
import type { GivenOptions, Simulator, SimulatorUrls } from '../simulator.ts'
import { addApiRoutes } from './api.ts'
import { type FlumeSimulatorOptions, flumeSettings } from './options.ts'
import { limitGroup, rateLimited } from './rate-limits.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

export interface FlumeSimulator
  extends Simulator<
    SimulatorUrls & GivenOptions<FlumeSimulatorOptions, 'clientId' | 'clientSecret' | 'username' | 'password'>
  > {
  /** A second host of the same API, as api.flumetech.com is to api.flumewater.com. */
  readonly aliasUrl: string
}

/** Flume (flumetech.readme.io): password grant with JSON bodies, enveloped answers, rotating refresh tokens. */
export async function flumeSimulator(options: FlumeSimulatorOptions): Promise<FlumeSimulator> {
  const settings = flumeSettings(options)
  const base = createSimulatorBase(options.clock, (resetAt, at) => rateLimited(settings, resetAt, at))
  const { now } = base.clock
  const accessTokens = createHmacTokens(now)
  const tokenEndpoint = createTokenEndpoint(settings, accessTokens, now)
  const app = base.createApp((path) => (path.startsWith('/oauth') ? 'token' : 'api'))
  addRateLimits(app, { oauth: limitGroup('oauth', settings, now), users: limitGroup('users', settings, now) })
  app.post('/oauth/token', async ({ req }) =>
    tokenEndpoint.answer({
      contentType: req.header('content-type') ?? null,
      body: await req.text(),
      envelope: req.query('envelope'),
    }),
  )
  const accepts = async (authorization: string | undefined) => {
    return !base.faults.inOutage() && (await accessTokens.check(readBearer(authorization))) !== undefined
  }
  addApiRoutes(app, { settings, now, accepts })

  const [server, alias] = await Promise.all([base.start(app), base.start(app)])
  const revokeAll = accessTokens.revokeAll
  const revokeGrants = () => {
    revokeAll()
    tokenEndpoint.revokeRefreshTokens()
  }
  const { clientId, clientSecret, username, password } = settings
  const urls = { baseUrl: server.origin, tokenUrl: `${server.origin}/oauth/token` }
  const known = { ...urls, allowInsecureRequests: true as const, clientId, clientSecret, username, password }
  const simulator = base.finish({ ...urls, revokeAll, revokeGrants, tokenServer: server, options: known })
  return { ...simulator, aliasUrl: alias.origin }
}

function addRateLimits(app: SimulatorApp, limits: Record<'oauth' | 'users', ReturnType<typeof limitGroup>>): void {
  app.use('/oauth/*', limits.oauth)
  app.use('/users/*', limits.users)
  app.use('/me/*', limits.users)
}
