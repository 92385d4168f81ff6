import { createApiKeys } from '../api-keys.ts'
import { createSimulatorBase } from '../create-simulator.ts'
import { createSignIn } from '../sign-in/create-sign-in.ts'
import type { SignInSimulator } from '../sign-in/sign-in-simulator.ts'
import type { ApiKeyClientOptions, GivenOptions, SimulatorUrls } from '../simulator.ts'
import { addApiRoutes } from './api.ts'
import { type Code, createLedger, type Ledger, newFamily } from './ledger.ts'
import { type BluesondeSettings, type BluesondeSimulatorOptions, bluesondeSettings } from './options.ts'
import { bluesondeSignIn } from './sign-in.ts'
import { answerTokenRequest } from './token-endpoint.ts'

export interface BluesondeUrls extends SimulatorUrls {
  readonly authorizationUrl: string
}

/** Those of `authorizationCode` where the simulator has an application, else those of `apiKey`. */
export type BluesondeClientOptions<Options> = Options extends { readonly clientId: string }
  ? BluesondeUrls & GivenOptions<Options, 'clientId' | 'clientSecret'>
  : 'clientId' extends keyof Options
    ? BluesondeKnownOptions<Options> | ApiKeyClientOptions<Options>
    : ApiKeyClientOptions<Options>

/** Those of both factories, for `optionsFor`. */
export type BluesondeKnownOptions<Options> = BluesondeUrls &
  GivenOptions<Options, 'apiKey' | 'clientId' | 'clientSecret'>

export interface BluesondeSimulator<Options extends BluesondeSimulatorOptions = BluesondeSimulatorOptions>
  extends SignInSimulator<BluesondeClientOptions<Options>, BluesondeKnownOptions<Options>> {
  /** A further API key, as the settings page shows it once. @param scopes those of `apiKey` by default */
  createApiKey(scopes?: readonly string[]): string
  /** From now on the API answers 401 to this key. */
  deleteApiKey(apiKey: string): void
  /**
   * A refresh token as if the first user had consented. @param scopes those of the application by default
   * @throws RangeError without `offline_access`
   */
  plantGrant(scopes?: readonly string[]): string
  /**
   * An authorization code as if the first user had consented; it can be exchanged once.
   * @throws RangeError for a redirect URI that is not registered, or for a public client without a challenge
   */
  issueCode(redirectUri: string, consent?: CodeConsent): string
}

export interface CodeConsent {
  /** @default those of the application */
  readonly scopes?: readonly string[] | undefined
  /** `code_challenge` of the authorization request, S256. */
  readonly codeChallenge?: string | undefined
}

/** Bluesonde: API keys, and an authorization server of the kind that its paths and scopes point to (Ory Hydra). */
export async function bluesondeSimulator<Options extends BluesondeSimulatorOptions>(
  options: Options,
): Promise<BluesondeSimulator<Options>> {
  const settings = bluesondeSettings(options)
  const base = createSimulatorBase(options.clock)
  const { now } = base.clock
  const ledger = await createLedger(settings, now)
  const keys = createApiKeys({ first: settings.apiKey, permissions: settings.scopes, prefix: 'sk_test_' })

  const signIn = createSignIn(bluesondeSignIn(settings, ledger))
  const auth = base.createApp((path) => (path === '/oauth2/token' ? 'token' : 'sign-in'), settings)
  signIn.addRoutes(auth)
  auth.post('/oauth2/token', async ({ req }) =>
    answerTokenRequest({ settings, ledger, now }, req.raw.headers, await req.text()),
  )
  const api = base.createApp(() => 'api', settings)
  addApiRoutes(api, {
    now,
    scopesOf: async (bearer) =>
      base.faults.inOutage() ? undefined : (keys.permissionsOf(bearer) ?? tokenScopes(ledger, bearer)),
  })

  const [tokenServer, apiServer] = await Promise.all([base.start(auth), base.start(api)])
  const { revokeAll } = ledger.accessTokens
  const revokeGrants = () => {
    revokeAll()
    ledger.refreshTokens.clear()
  }
  const urls = { baseUrl: apiServer.origin, tokenUrl: `${tokenServer.origin}/oauth2/token` }
  const page = signIn.at(tokenServer.origin)
  const { apiKey, client } = settings
  const permission = { allowInsecureRequests: true as const }
  const ofKey = { baseUrl: urls.baseUrl, ...permission, apiKey }
  const { authorizationUrl } = page
  const ofClient = { ...urls, ...permission, authorizationUrl, clientId: client?.id, clientSecret: client?.secret }
  // What is given by the options has the types of the options.
  const handOut = { options: client ? ofClient : ofKey, known: { ...ofKey, ...ofClient } } as unknown as {
    options: BluesondeClientOptions<Options>
    known: BluesondeKnownOptions<Options>
  }
  return {
    ...base.finish({ ...urls, revokeAll, revokeGrants, tokenServer, ...handOut }),
    ...page,
    createApiKey: keys.create,
    deleteApiKey: keys.delete,
    plantGrant(scopes = settings.scopes) {
      if (!scopes.includes('offline_access')) throw new RangeError('"scopes" must include "offline_access"')
      return ledger.issueRefreshToken(newFamily(settings.accounts[0].name, scopes))
    },
    issueCode: (redirectUri, consent) => ledger.issueCode(codeFor(settings, redirectUri, consent)),
  }
}

async function tokenScopes({ accessTokens }: Ledger, bearer: string): Promise<readonly string[] | undefined> {
  const claims = await accessTokens.check(bearer)
  return claims && (Array.isArray(claims.scp) ? claims.scp.map(String) : [])
}

function codeFor(
  { client, accounts, redirectUris, scopes: registered }: BluesondeSettings,
  redirectUri: string,
  { scopes = registered, codeChallenge }: CodeConsent = {},
): Pick<Code, 'family' | 'redirectUri' | 'codeChallenge'> {
  if (!redirectUris.includes(redirectUri)) {
    throw new RangeError(`"redirectUri" is none of the registered ones: ${redirectUris.join(', ')}`)
  }
  if (client?.authentication === 'none' && codeChallenge === undefined) {
    throw new RangeError('a client without a secret needs a "codeChallenge"')
  }
  return { family: newFamily(accounts[0].name, scopes), redirectUri, codeChallenge }
}
