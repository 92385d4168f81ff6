import { invalidOption } from '@valetkey/core'

/** An organisation's API key, an OAuth application, or both; and the switches of what Bluesonde's pages leave open. */
export interface BluesondeSimulatorOptions {
  /** `sk_live_…` or `sk_test_…`. Required unless there is a `clientId`. */
  readonly apiKey?: string | undefined
  /** The OAuth application. Required unless there is an `apiKey`. */
  readonly clientId?: string | undefined
  /** Absent: the application is registered with the PKCE option. */
  readonly clientSecret?: string | undefined
  /** The one way in which the application may authenticate. @default Basic with a secret, 'none' without */
  readonly clientAuthentication?: ClientAuthentication | undefined
  /** Where the application may have codes sent; one must be repeated exactly with a code. */
  readonly redirectUris?: readonly string[] | undefined
  /** Scopes of the application, and of `apiKey`. @default ['devices:read', 'offline_access'] */
  readonly scopes?: readonly string[] | undefined
  /** Lifetime of an access token, s. @default 3600 */
  readonly expiresIn?: number | undefined
  /** Lifetime of a refresh token, s. @default 30 days */
  readonly refreshExpiresIn?: number | undefined
  /** Opaque (`ory_at_…`) or an RS256 JWT. @default 'opaque' */
  readonly accessTokenFormat?: 'opaque' | 'jwt' | undefined
  /** For how long a used refresh token is forgiven, ms; after that its reuse revokes the whole grant. @default 0 */
  readonly refreshGraceMs?: number | undefined
  /** Where the simulator's time comes from. @default the machine's clock */
  readonly clock?: { now(): number } | undefined
}

export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post' | 'none'

/** An OAuth application as it is registered. */
export interface RegisteredClient {
  readonly id: string
  readonly secret: string | undefined
  readonly authentication: ClientAuthentication
}

/** The options with every default filled in. */
export interface BluesondeSettings {
  readonly apiKey: string | undefined
  readonly client: RegisteredClient | undefined
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
  readonly expiresIn: number
  readonly refreshExpiresIn: number
  readonly accessTokenFormat: 'opaque' | 'jwt'
  readonly refreshGraceMs: number
}

const ONE_HOUR_S = 3600
const THIRTY_DAYS_S = 2_592_000

/** @throws CredentialError `invalid_option` */
export function bluesondeSettings(options: BluesondeSimulatorOptions): BluesondeSettings {
  if (!options.apiKey && !options.clientId) {
    throw invalidOption('@valetkey/testing', 'apiKey', 'is required, unless there is a "clientId"')
  }
  return {
    apiKey: options.apiKey || undefined,
    client: registeredClient(options),
    redirectUris: options.redirectUris ?? [],
    scopes: options.scopes ?? ['devices:read', 'offline_access'],
    expiresIn: options.expiresIn ?? ONE_HOUR_S,
    refreshExpiresIn: options.refreshExpiresIn ?? THIRTY_DAYS_S,
    accessTokenFormat: options.accessTokenFormat ?? 'opaque',
    refreshGraceMs: options.refreshGraceMs ?? 0,
  }
}

function registeredClient(options: BluesondeSimulatorOptions): RegisteredClient | undefined {
  const { clientId: id, clientSecret: secret } = options
  const usual = secret === undefined ? 'none' : 'client_secret_basic'
  return id === undefined ? undefined : { id, secret, authentication: options.clientAuthentication ?? usual }
}
