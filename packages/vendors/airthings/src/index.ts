import type { CredentialOptions, TokenCredential } from '@valetkey/core'
import type { OptionNames } from '@valetkey/core/kit'
import {
  CREDENTIAL_OPTIONS,
  invalidOption,
  knownOptions,
  pickOptions,
  requireSecret,
  requireText,
} from '@valetkey/core/kit'
import type {
  OAuthOptions,
  Secret,
  SignInCredential,
  StandardAnswer,
  TokenEndpointAnswer,
  TokenEndpointDialect,
} from '@valetkey/oauth2'
import { asRecord, authorizationCode, clientCredentials, parseUrlOption } from '@valetkey/oauth2'

export type { PendingSignIn, SignInCredential } from '@valetkey/oauth2'

const VENDOR = 'airthings'

const AUTHORIZATION_URL = 'https://accounts.airthings.com/authorize'
const TOKEN_URL = 'https://accounts-api.airthings.com/v1/token'

/** https://developer.airthings.com/docs/api.html and https://developer-business.airthings.com/docs/api-authorization */
const APIS = {
  consumer: { origin: 'https://consumer-api.airthings.com', scopes: ['read:device:current_values'] },
  business: { origin: 'https://ext-api.airthings.com', scopes: ['read:device'] },
} as const

export interface AirthingsOptions extends CredentialOptions {
  /** From "API" in the settings of the Airthings dashboard. */
  readonly clientId: string
  readonly clientSecret: Secret
  /** Whose devices: yours at home, or a company's in Airthings for Business. @default 'consumer' */
  readonly api?: 'consumer' | 'business' | undefined
  /** @default ['read:device:current_values'] (consumer), ['read:device'] (business) */
  readonly scopes?: readonly string[] | undefined
  /** For tests and proxies: the only host that the token is sent to. @default the host of `api` */
  readonly baseUrl?: string | undefined
  /** @default 'https://accounts-api.airthings.com/v1/token' */
  readonly tokenUrl?: string | undefined
}

export interface AirthingsSignInOptions extends AirthingsOptions {
  /** Where users come back to; one of those that your API client is registered with, letter by letter. */
  readonly redirectUri: string
  /** @default 'https://accounts.airthings.com/authorize' */
  readonly authorizationUrl?: string | undefined
}

const OPTIONS: OptionNames<AirthingsOptions> = {
  ...CREDENTIAL_OPTIONS,
  clientId: true,
  clientSecret: true,
  api: true,
  scopes: true,
  baseUrl: true,
  tokenUrl: true,
}

const SIGN_IN_OPTIONS: OptionNames<AirthingsSignInOptions> = { ...OPTIONS, redirectUri: true, authorizationUrl: true }

const DIALECT: TokenEndpointDialect = {
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  scopeFormat: 'array',
  retryAfterHeaders: ['x-ratelimit-retry-after', 'x-ratelimit-reset'],
  normalize,
}

export const airthings: {
  /** Tokens for the program itself; three hours, then asked for anew. @throws CredentialError `invalid_option`, `insecure_url` */
  readonly clientCredentials: (options: AirthingsOptions) => TokenCredential
  /**
   * Tokens that users give by signing in at Airthings, renewed by a refresh token that is another one each time.
   * @throws CredentialError `invalid_option`, `insecure_url`
   */
  readonly authorizationCode: (options: AirthingsSignInOptions) => SignInCredential
} = {
  clientCredentials: (options) => clientCredentials(vendorOptions(knownOptions(VENDOR, options, OPTIONS))),
  authorizationCode: createAuthorizationCode,
}

function createAuthorizationCode(options: AirthingsSignInOptions): SignInCredential {
  const own = knownOptions(VENDOR, options, SIGN_IN_OPTIONS)
  const complete = vendorOptions(own)
  requireText(VENDOR, own, ['redirectUri'])
  const authorizationUrl = parseUrlOption(VENDOR, own, 'authorizationUrl')?.href ?? AUTHORIZATION_URL
  return authorizationCode({ ...complete, redirectUri: own.redirectUri, authorizationUrl })
}

function vendorOptions(own: AirthingsOptions): OAuthOptions {
  requireText(VENDOR, own, ['clientId'])
  requireSecret(VENDOR, own, ['clientSecret'])
  const { origin, scopes } = apiOf(own.api)
  const base = parseUrlOption(VENDOR, own, 'baseUrl')
  const tokenUrl = parseUrlOption(VENDOR, own, 'tokenUrl')?.href ?? TOKEN_URL
  return {
    ...pickOptions(own, CREDENTIAL_OPTIONS),
    ...DIALECT,
    vendor: VENDOR,
    origins: [base?.origin ?? origin],
    tokenUrl,
    clientId: own.clientId,
    clientSecret: own.clientSecret,
    scopes: own.scopes ?? scopes,
  }
}

function apiOf(api: AirthingsOptions['api'] = 'consumer'): (typeof APIS)[keyof typeof APIS] {
  if (Object.hasOwn(APIS, api)) return APIS[api]
  throw invalidOption(VENDOR, 'api', `must be 'consumer' or 'business'`)
}

const BAD_CLIENT: ReadonlySet<unknown> = new Set(['invalid_client', 'unauthorized_client'])

/**
 * Nobody has published what the body of a 400 holds. A wrong client is one, so any that is no OAuth error in itself counts as
 * that; but with a refresh token, a refusal that does not name the client means that the token is over. A gateway's page says
 * nothing about either.
 */
function normalize({ grantType, status, body }: TokenEndpointAnswer): StandardAnswer {
  const standard = asRecord(body)
  const { error, message } = standard
  const refused = (code: string) => ({ status, body: { error_description: message, ...standard, error: code } })
  if (typeof body === 'string' && /^\s*</.test(body)) return { status, body: standard }
  const isRefusedRefresh = grantType === 'refresh_token' && status >= 400 && status < 500 && status !== 429
  if (isRefusedRefresh && !BAD_CLIENT.has(error)) return refused('invalid_grant')
  const isRefusal = (status === 400 || status === 401) && !isErrorCode(error)
  return isRefusal ? refused('invalid_client') : { status, body: standard }
}

function isErrorCode(error: unknown): boolean {
  return typeof error === 'string' && /^[a-z_]+$/.test(error)
}
