import { createSimulatorBase } from '../create-simulator.ts'
import type { Simulator } from '../simulator.ts'
import { addApiRoutes } from './api.ts'
import { createLedger } from './ledger.ts'
import { type AirthingsSimulatorOptions, airthingsSettings } from './options.ts'
import { answerTokenRequest } from './token-endpoint.ts'

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
  const ledger = await createLedger(settings, base.clock.now)
  const { accessTokens, refreshTokens, codes } = ledger

  const accounts = base.createApp(() => 'token')
  accounts.post('/v1/token', async ({ req }) => answerTokenRequest(settings, ledger, req.raw.headers, await req.text()))
  const api = base.createApp(() => 'api')
  const scopesOf = async (authorization = '') => {
    const claims = base.faults.inOutage() ? undefined : await accessTokens.check(authorization.replace(/^bearer /i, ''))
    return claims && String(claims.scope).split(' ')
  }
  addApiRoutes(api, { settings, now: base.clock.now, scopesOf })

  const [tokenServer, apiServer] = await Promise.all([base.start(accounts), base.start(api)])
  const urls = { baseUrl: apiServer.origin, tokenUrl: `${tokenServer.origin}/v1/token` }
  const revokeGrants = () => {
    accessTokens.revokeAll()
    refreshTokens.revokeAll()
  }
  return {
    ...base.finish({ ...urls, revokeAll: accessTokens.revokeAll, revokeGrants, tokenServer }),
    plantGrant: (scopes = settings.scopes) => ledger.issueRefreshToken(scopes),
    plantCode(redirectUri, scopes = settings.scopes) {
      if (!settings.redirectUris.includes(redirectUri)) {
        throw new RangeError(`"redirectUri" is none of the registered ones: ${settings.redirectUris.join(', ')}`)
      }
      const code = crypto.randomUUID()
      codes.set(code, { redirectUri, scopes })
      return code
    },
  }
}
