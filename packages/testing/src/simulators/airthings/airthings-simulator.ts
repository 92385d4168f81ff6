import { createSimulatorBase } from '../create-simulator.ts'
import type { Simulator } from '../simulator.ts'
import { addApiRoutes } from './api.ts'
import { type AirthingsSimulatorOptions, airthingsSettings } from './options.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

export interface AirthingsSimulator extends Simulator {
  /** A refresh token as if a user had consented. @param scopes those of the client by default */
  plantGrant(scopes?: readonly string[]): Promise<string>
  /**
   * An authorization code as if a user had consented; it can be exchanged once.
   * @param redirectUri must be one of the registered ones
   * @throws RangeError for any other
   */
  plantCode(redirectUri: string, scopes?: readonly string[]): string
}

/** Airthings: accounts host and API host apart, client credentials and refresh grant, RS256 tokens, hourly quota. */
export async function airthingsSimulator(options: AirthingsSimulatorOptions): Promise<AirthingsSimulator> {
  const settings = airthingsSettings(options)
  const base = createSimulatorBase(options.clock)
  const { now } = base.clock
  const tokenEndpoint = await createTokenEndpoint(settings, now)

  const accounts = base.createApp(() => 'token')
  accounts.post('/v1/token', async ({ req }) => tokenEndpoint.answer(req.raw.headers, await req.text()))
  const api = base.createApp(() => 'api')
  addApiRoutes(api, {
    settings,
    now,
    async scopesOf(authorization = '') {
      if (base.faults.inOutage) return undefined
      const claims = await tokenEndpoint.accessTokens.check(authorization.replace(/^bearer /i, ''))
      return claims && String(claims['scope']).split(' ')
    },
  })

  const [tokenServer, apiServer] = await Promise.all([base.start(accounts), base.start(api)])
  const parts = {
    baseUrl: apiServer.origin,
    tokenUrl: `${tokenServer.origin}/v1/token`,
    revokeAll: tokenEndpoint.accessTokens.revokeAll,
    revokeGrants: tokenEndpoint.revokeGrants,
    tokenServer,
  }
  return {
    ...base.finish(parts),
    plantGrant: (scopes = settings.scopes) => tokenEndpoint.plantGrant(scopes),
    plantCode(redirectUri, scopes = settings.scopes) {
      if (!settings.redirectUris.includes(redirectUri)) {
        throw new RangeError(`"redirectUri" is none of the registered ones: ${settings.redirectUris.join(', ')}`)
      }
      return tokenEndpoint.plantCode(redirectUri, scopes)
    },
  }
}
