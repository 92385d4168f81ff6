import { readBearer } from '../authorization.ts'
import { createSimulatorBase } from '../create-simulator.ts'
import { type AuthorizationServer, problem } from '../sign-in/authorization-server.ts'
import { createSignIn } from '../sign-in/create-sign-in.ts'
import type { SignInSimulator } from '../sign-in/sign-in-simulator.ts'
import type { GivenOptions, SimulatorUrls } from '../simulator.ts'
import { addBackChannel } from './back-channel.ts'
import { CODE_LIFETIME_MS, createLedger, type Ledger, newText, type TokenInfo } from './ledger.ts'
import { type IdentityProviderOptions, type IdentityProviderSettings, identityProviderSettings } from './options.ts'
import { asked, foreignOf } from './token-endpoint.ts'

/** The options of factories from `defineVendor`, as in `@valetkey/vendors`. */
export type IdentityProviderClientOptions<Options> = SimulatorUrls & {
  readonly authorizationUrl: string
  readonly deviceAuthorizationUrl: string
  readonly revocationUrl: string
} & GivenOptions<Options, 'clientId' | 'clientSecret'>

/** Also the options of `@valetkey/oauth2`, and the first user's password, for `optionsFor`. */
export type IdentityProviderKnownOptions<Options> = IdentityProviderClientOptions<Options> & {
  readonly vendor: string
  readonly origins: readonly string[]
  readonly issuer: string
  readonly username: string
  readonly password: string
}

export interface IdentityProviderSimulator<Options extends IdentityProviderOptions = IdentityProviderOptions>
  extends SignInSimulator<IdentityProviderClientOptions<Options>, IdentityProviderKnownOptions<Options>> {
  /** Its discovery document is below it (RFC 8414, OpenID Connect Discovery). */
  readonly issuer: string
  readonly deviceAuthorizationUrl: string
  readonly revocationUrl: string
  /** A user who reads `userCode` on a device allows it. @throws RangeError for an unknown code or account */
  approveDevice(userCode: string, options?: { readonly account?: string | undefined }): void
  /** The same for a user who denies it. @throws RangeError */
  denyDevice(userCode: string): void
  /** A refresh token as if a user had consented. @param options.account by name @default the first one @throws RangeError */
  plantGrant(options?: {
    readonly account?: string | undefined
    readonly scopes?: readonly string[] | undefined
  }): string
  /** For an API server in your test: what this access token is valid for, `undefined` if it is not valid. */
  tokenInfo(accessToken: string): Promise<TokenInfo | undefined>
  /** How often a refresh token was used a second time, which ended its grant: 0 for a program that refreshes once. */
  reuses(): number
}

/**
 * A generic identity provider: codes with PKCE, devices, passwords, client credentials; refresh tokens that rotate and
 * whose second use ends the grant; revocation, discovery, APIs by `resource` and `audience`. The API at `baseUrl` answers every
 * path with what the token is valid for.
 *
 * @throws CredentialError `invalid_option`
 */
export async function identityProviderSimulator<const Options extends IdentityProviderOptions>(
  options: Options,
): Promise<IdentityProviderSimulator<Options>> {
  const settings = identityProviderSettings(options)
  const base = createSimulatorBase(options.clock)
  const { now } = base.clock
  let issuer = ''
  const ledger = await createLedger(settings, now, () => issuer)

  const server = base.createApp((path) => (path === '/token' ? 'token' : 'sign-in'), settings)
  const signIn = createSignIn(authorizationServer(settings, ledger, now))
  signIn.addRoutes(server)
  addBackChannel(server, { settings, ledger, now, issuer: () => issuer })
  const tokenInfo = async (accessToken: string) => (base.faults.inOutage() ? undefined : ledger.check(accessToken))
  const api = base.createApp(() => 'api', settings)
  api.all('*', async ({ req }) => {
    const info = await tokenInfo(readBearer(req.header('authorization')))
    if (info) return Response.json({ path: req.path, ...info })
    return Response.json({ error: 'invalid_token' }, { status: 401, headers: { 'www-authenticate': INVALID_TOKEN } })
  })

  const [tokenServer, apiServer] = await Promise.all([base.start(server), base.start(api)])
  issuer = tokenServer.origin
  const revokeAll = ledger.revokeAllAccess
  const revokeGrants = () => {
    revokeAll()
    for (const { grant } of ledger.refreshTokens.values()) ledger.end(grant)
  }
  const urls = { baseUrl: apiServer.origin, tokenUrl: `${issuer}/token` }
  const page = signIn.at(issuer)
  const others = { deviceAuthorizationUrl: `${issuer}/device_authorization`, revocationUrl: `${issuer}/revoke` }
  const { client, accounts } = settings
  const spread = {
    ...urls,
    authorizationUrl: page.authorizationUrl,
    ...others,
    allowInsecureRequests: true as const,
    clientId: client.id,
    clientSecret: client.secret,
  }
  const { name: username, password } = accounts[0]
  const further = { vendor: 'identity-provider', origins: [apiServer.origin], issuer, username, password }
  // What is given by the options has the types of the options.
  const handOut = { options: spread, known: { ...spread, ...further } } as unknown as {
    options: IdentityProviderClientOptions<Options>
    known: IdentityProviderKnownOptions<Options>
  }
  const grantOf = (account: string = username, scopes?: readonly string[]) => {
    if (!accounts.some(({ name }) => name === account))
      throw new RangeError(`"account" must be one of: ${accounts.map(({ name }) => name).join(', ')}`)
    const granted = asked(settings, { fields: {}, scopes, audiences: [] })
    return ledger.newGrant({ account, ...granted })
  }
  const deviceOf = (userCode: string) => {
    const device = [...ledger.devices.values()].find((waiting) => waiting.userCode === userCode)
    if (device) return device
    throw new RangeError(`no device shows the code "${userCode}"`)
  }
  return {
    ...base.finish({ ...urls, revokeAll, revokeGrants, tokenServer, ...handOut }),
    ...page,
    ...others,
    issuer,
    approveDevice(userCode, { account } = {}) {
      const device = deviceOf(userCode)
      device.answer = { ...grantOf(account, device.scopes), audiences: device.audiences }
    },
    denyDevice(userCode) {
      deviceOf(userCode).answer = 'denied'
    },
    plantGrant: ({ account, scopes } = {}) => ledger.issueRefreshToken(grantOf(account, scopes)),
    tokenInfo,
    reuses: () => ledger.reuses,
  }
}

const INVALID_TOKEN = 'Bearer error="invalid_token"'

function authorizationServer(
  settings: IdentityProviderSettings,
  ledger: Ledger,
  now: () => number,
): AuthorizationServer {
  const { client, name, applicationName, scopes, audiences: known, redirectUris, accounts } = settings
  return {
    vendor: name,
    path: '/authorize',
    application: { clientId: client.id, name: applicationName, scopes, redirectUris, anyLoopbackPort: true },
    accounts,
    rules: {
      responseType: 'required',
      stateMinLength: 0,
      codeChallenge: client.authentication === 'none' ? 'required' : 'optional',
      defaultScopes: scopes === 'any' ? [] : scopes,
    },
    allow({ redirectUri, scopes: allowed, codeChallenge, parameters }, account) {
      const audiences = [...parameters.getAll('resource'), ...parameters.getAll('audience')]
      const foreign = foreignOf(audiences, known)
      if (foreign !== undefined) return { ...problem('invalid_target', `There is no API "${foreign}".`) }
      const code = newText('code')
      const grant = ledger.newGrant({ account: account.name, scopes: allowed, audiences })
      ledger.codes.set(code, { grant, redirectUri, codeChallenge, expiresAt: now() + CODE_LIFETIME_MS, isUsed: false })
      return { code }
    },
  }
}
