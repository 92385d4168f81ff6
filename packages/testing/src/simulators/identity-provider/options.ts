import { invalidOption, knownOptions, type OptionNames, requireText } from '@valetkey/core/kit'

import type { ClientAuthentication, RegisteredClient } from '../registered-client.ts'
import type { ConsentAccount } from '../sign-in/sign-in-simulator.ts'

/** A registered application, the users who can sign in, and how strict the server is. */
export interface IdentityProviderOptions {
  /** The only client id that is accepted. @example 'boat-app' */
  readonly clientId: string
  /** Absent: a public client, which must use PKCE and has no client credentials. @example 'invented-secret' */
  readonly clientSecret?: string | undefined
  /**
   * The only accepted client authentication. @default any method with the secret; 'none' without a secret
   * @example 'client_secret_post'
   */
  readonly clientAuthentication?: ClientAuthentication | undefined
  /** Its name on consent pages. @default 'Identity provider' */
  readonly name?: string | undefined
  /** The application's name on the consent page. @default the client id @example 'Boats' */
  readonly applicationName?: string | undefined
  /** Where codes may be sent. A request must name one exactly, except for the port of a loopback address. @default ['http://127.0.0.1/callback'] */
  readonly redirectUris?: readonly string[] | undefined
  /** Users who can sign in; `password` for the password grant. @default robin@example.com and kim@example.com, with 'password' */
  readonly accounts?: readonly [IdentityProviderAccount, ...IdentityProviderAccount[]] | undefined
  /**
   * Scopes that the client may request, and gets if it requests none. @default any, and none
   * @example ['openid', 'offline_access', 'boats']
   */
  readonly scopes?: readonly string[] | undefined
  /** What `audience` and `resource` may name; anything else is `invalid_target`. @default anything */
  readonly audiences?: readonly string[] | undefined
  /** Lifetime of an access token, s. @default 3600 */
  readonly expiresIn?: number | undefined
  /** Lifetime of a refresh token, s. @default 30 days */
  readonly refreshExpiresIn?: number | undefined
  /** Opaque strings, or RS256 JWTs with `iss`, `sub`, `aud`, `client_id` and `scope`. @default 'opaque' */
  readonly accessTokenFormat?: 'opaque' | 'jwt' | undefined
  /** Which sign-ins get a refresh token: all, those that ask for `offline_access`, or none. @default 'always' */
  readonly refreshTokens?: 'always' | 'offline_access' | 'never' | undefined
  /** Whether a refresh gives another refresh token; then a second use of the old one ends the whole grant. @default true */
  readonly rotates?: boolean | undefined
  /** For how long a used refresh token may be used again, ms. @default 0 */
  readonly refreshGraceMs?: number | undefined
  /** Seconds between two polls for a device. An earlier poll is answered `slow_down`. @default 1 */
  readonly deviceInterval?: number | undefined
  /** Origins of web pages that may call the token endpoint and the API (CORS). @default none @example ['http://127.0.0.1:5173'] */
  readonly allowedOrigins?: readonly string[] | undefined
  /** Where the simulator's time comes from. @default the machine's clock @example virtualClock() */
  readonly clock?: { now(): number } | undefined
}

/** A user who can sign in. */
export interface IdentityProviderAccount extends ConsentAccount {
  /** @default 'password' */
  readonly password?: string | undefined
}

const OPTIONS: OptionNames<IdentityProviderOptions> = {
  clientId: true,
  clientSecret: true,
  clientAuthentication: true,
  name: true,
  applicationName: true,
  redirectUris: true,
  accounts: true,
  scopes: true,
  audiences: true,
  expiresIn: true,
  refreshExpiresIn: true,
  accessTokenFormat: true,
  refreshTokens: true,
  rotates: true,
  refreshGraceMs: true,
  deviceInterval: true,
  allowedOrigins: true,
  clock: true,
}

type Person = Required<IdentityProviderAccount>

export interface IdentityProviderSettings {
  readonly client: RegisteredClient
  readonly name: string
  readonly applicationName: string
  readonly redirectUris: readonly string[]
  readonly accounts: readonly [Person, ...Person[]]
  readonly scopes: readonly string[] | 'any'
  readonly audiences: readonly string[] | 'any'
  readonly expiresIn: number
  readonly refreshExpiresIn: number
  readonly accessTokenFormat: 'opaque' | 'jwt'
  readonly refreshTokens: 'always' | 'offline_access' | 'never'
  readonly rotates: boolean
  readonly refreshGraceMs: number
  readonly deviceInterval: number
  readonly allowedOrigins: readonly string[]
}

const ONE_HOUR_S = 3600
const THIRTY_DAYS_S = 2_592_000

/** @throws CredentialError `invalid_option` */
export function identityProviderSettings(options: IdentityProviderOptions): IdentityProviderSettings {
  const own = knownOptions('@valetkey/testing', options, OPTIONS)
  requireText('@valetkey/testing', own, ['clientId'])
  const { clientId: id, clientSecret: secret } = own
  if (secret !== undefined) requireText('@valetkey/testing', own, ['clientSecret'])
  const authentication = own.clientAuthentication ?? (secret === undefined ? 'none' : 'secret')
  if (secret === undefined && authentication !== 'none')
    throw invalidOption('@valetkey/testing', 'clientAuthentication', 'must be \'none\' without a "clientSecret"')
  const [first, ...others] = own.accounts ?? [{ name: 'robin@example.com' }, { name: 'kim@example.com' }]
  const withPassword = ({ name, password = 'password' }: IdentityProviderAccount): Person => ({ name, password })
  return {
    client: { id, secret, authentication },
    name: own.name ?? 'Identity provider',
    applicationName: own.applicationName ?? id,
    redirectUris: own.redirectUris ?? ['http://127.0.0.1/callback'],
    accounts: [withPassword(first), ...others.map(withPassword)],
    scopes: own.scopes ?? 'any',
    audiences: own.audiences ?? 'any',
    expiresIn: own.expiresIn ?? ONE_HOUR_S,
    refreshExpiresIn: own.refreshExpiresIn ?? THIRTY_DAYS_S,
    accessTokenFormat: own.accessTokenFormat ?? 'opaque',
    refreshTokens: own.refreshTokens ?? 'always',
    rotates: own.rotates ?? true,
    refreshGraceMs: own.refreshGraceMs ?? 0,
    deviceInterval: own.deviceInterval ?? 1,
    allowedOrigins: own.allowedOrigins ?? [],
  }
}
