import { createSimulatorBase } from '../create-simulator.ts'
import { createSignIn } from '../sign-in/create-sign-in.ts'
import type { SignInSimulator } from '../sign-in/sign-in-simulator.ts'
import type { SimulatorUrls } from '../simulator.ts'
import { addApiRoutes } from './api.ts'
import { createLedger, firstConsent, type Ledger, readConsent } from './ledger.ts'
import { type AirthingsSettings, type AirthingsSimulatorOptions, airthingsSettings } from './options.ts'
import { rateLimited } from './rate-limits.ts'
import { airthingsSignIn } from './sign-in.ts'
import { answerTokenRequest } from './token-endpoint.ts'

/** Those of `authorizationCode`; `optionsFor(airthings.clientCredentials)` leaves `authorizationUrl` out. */
export interface AirthingsClientOptions extends SimulatorUrls {
  /** @example 'http://127.0.0.1:40123/authorize' */
  readonly authorizationUrl: string
  /** @example 'airthings-client' */
  readonly clientId: string
  /** @example 'airthings-secret' */
  readonly clientSecret: string
  /** @example 'consumer' */
  readonly api: 'consumer' | 'business'
}

export interface AirthingsSimulator extends SignInSimulator<AirthingsClientOptions> {
  /** A refresh token as if the first user had consented. @param scopes those of the client by default */
  plantGrant(scopes?: readonly string[]): Promise<string>
  /**
   * An authorization code as if the first user had consented; it can be exchanged once.
   * @param redirectUri must be one of the registered ones
   * @throws RangeError for any other
   */
  issueCode(redirectUri: string, scopes?: readonly string[]): string
}

/** Airthings: consent page, accounts host and API host are separate; codes, refresh, client credentials; RS256 tokens; hourly quota. */
export async function airthingsSimulator(options: AirthingsSimulatorOptions): Promise<AirthingsSimulator> {
  const settings = airthingsSettings(options)
  const base = createSimulatorBase(options.clock, rateLimited)
  const { now } = base.clock
  const ledger = await createLedger(settings, now)
  const { accessTokens, refreshTokens } = ledger

  const signIn = createSignIn(airthingsSignIn(settings, ledger))
  const pages = base.createApp(() => 'sign-in')
  signIn.addRoutes(pages)
  const accounts = base.createApp(() => 'token')
  accounts.post('/v1/token', async ({ req }) =>
    answerTokenRequest({ settings, ledger, now }, req.raw.headers, await req.text()),
  )
  const api = base.createApp(() => 'api')
  const consentOf = async (authorization = '') => {
    const claims = base.faults.inOutage() ? undefined : await accessTokens.check(authorization.replace(/^bearer /i, ''))
    return claims && readConsent(claims)
  }
  addApiRoutes(api, { settings, now, consentOf })

  const [pageServer, tokenServer, apiServer] = await Promise.all([
    base.start(pages),
    base.start(accounts),
    base.start(api),
  ])
  const urls = { baseUrl: apiServer.origin, tokenUrl: `${tokenServer.origin}/v1/token` }
  const revokeGrants = () => {
    accessTokens.revokeAll()
    refreshTokens.revokeAll()
  }
  const page = signIn.at(pageServer.origin)
  const { clientId, clientSecret, api: name } = settings
  const client = { clientId, clientSecret, api: name }
  const permission = { allowInsecureRequests: true as const }
  const handOut = { ...urls, authorizationUrl: page.authorizationUrl, ...permission, ...client }
  return {
    ...base.finish({ ...urls, revokeAll: accessTokens.revokeAll, revokeGrants, tokenServer, options: handOut }),
    ...page,
    plantGrant: (scopes) => ledger.issueRefreshToken(firstConsent(settings, scopes)),
    issueCode: (redirectUri, scopes) => issueCode(settings, ledger, { redirectUri, scopes }),
  }
}

function issueCode(
  settings: AirthingsSettings,
  ledger: Ledger,
  { redirectUri, scopes }: { readonly redirectUri: string; readonly scopes: readonly string[] | undefined },
): string {
  const { redirectUris } = settings
  if (!redirectUris.includes(redirectUri)) {
    throw new RangeError(`"redirectUri" is none of the registered ones: ${redirectUris.join(', ')}`)
  }
  return ledger.issueCode({ ...firstConsent(settings, scopes), redirectUri, codeChallenge: undefined })
}
