import type { CredentialOptions, TokenCredential } from '@valetkey/core'
import { invalidOption, requireSecret, requireText } from '@valetkey/core'
import type { Secret, StandardAnswer, TokenEndpointAnswer, TokenEndpointDialect } from '@valetkey/oauth2'
import { asRecord, clientCredentials, ownMembers, parseUrlOption } from '@valetkey/oauth2'

const PACKAGE_NAME = '@valetkey/airthings'

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

const DIALECT: TokenEndpointDialect = {
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  scopeFormat: 'array',
  retryAfterHeaders: ['x-ratelimit-retry-after', 'x-ratelimit-reset'],
  normalize,
}

export const airthings: {
  /**
   * Tokens for the program itself; three hours, then asked for anew.
   *
   * @throws CredentialError `invalid_option`, `insecure_url`
   */
  readonly clientCredentials: (options: AirthingsOptions) => TokenCredential
} = { clientCredentials: createClientCredentials }

function createClientCredentials(options: AirthingsOptions): TokenCredential {
  const own = ownMembers(options)
  requireText(PACKAGE_NAME, own, ['clientId'])
  requireSecret(PACKAGE_NAME, own, ['clientSecret'])
  const { origin, scopes } = apiOf(own.api)
  const base = parseUrlOption(PACKAGE_NAME, own, 'baseUrl')
  const tokenUrl = parseUrlOption(PACKAGE_NAME, own, 'tokenUrl')?.href ?? TOKEN_URL
  const origins = [base?.origin ?? origin]
  return clientCredentials({ ...own, ...DIALECT, vendor: 'airthings', origins, tokenUrl, scopes: own.scopes ?? scopes })
}

function apiOf(api: AirthingsOptions['api'] = 'consumer'): (typeof APIS)[keyof typeof APIS] {
  if (Object.hasOwn(APIS, api)) return APIS[api]
  throw invalidOption(PACKAGE_NAME, 'api', `must be 'consumer' or 'business'`)
}

/**
 * A wrong client is a 400 whose body nobody has published: any that is not an OAuth error in itself counts as one, except a
 * gateway's page, which says nothing about the client.
 */
function normalize({ status, body }: TokenEndpointAnswer): StandardAnswer {
  const standard = asRecord(body)
  const { error, message } = standard
  const isRefusal = (status === 400 || status === 401) && !isErrorCode(error) && !isMarkup(body)
  return { status, body: isRefusal ? { error_description: message, ...standard, error: 'invalid_client' } : standard }
}

function isErrorCode(error: unknown): boolean {
  return typeof error === 'string' && /^[a-z_]+$/.test(error)
}

function isMarkup(body: unknown): boolean {
  return typeof body === 'string' && /^\s*</.test(body)
}
