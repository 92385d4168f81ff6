import { assertKnownOptions, invalidOption, type OptionNames } from '@valetkey/core/kit'

import type { ClientAuthentication, RegisteredClient } from '../registered-client.ts'
import type { ConsentAccount } from '../sign-in/sign-in-simulator.ts'

/** An organisation's API key, an OAuth application, or both; and the switches of what Bluesonde's pages leave open. */
export interface BluesondeSimulatorOptions {
  /** `sk_live_…` or `sk_test_…`. Required unless there is a `clientId`. */
  readonly apiKey?: string | undefined
  /** The OAuth application. Required unless there is an `apiKey`. */
  readonly clientId?: string | undefined
  /** Absent: the application is registered with the PKCE option. @example 'invented-secret' */
  readonly clientSecret?: string | undefined
  /** The one way in which the application may authenticate. @default Basic with a secret, 'none' without @example 'client_secret_post' */
  readonly clientAuthentication?: ClientAuthentication | undefined
  /** The application's name on the consent page. @default the client id @example 'Boats' */
  readonly applicationName?: string | undefined
  /**
   * Where the application may have codes sent; one must be named exactly, and repeated with a code.
   * @example ['http://127.0.0.1:8080/callback']
   */
  readonly redirectUris?: readonly string[] | undefined
  /** Whether the port of a registered loopback address does not count, as Ory's servers have it. @default false */
  readonly anyLoopbackPort?: boolean | undefined
  /**
   * Who can sign in. @default an Organization Admin, whose role has all scopes of the application, and a Guest, whose role has none
   * @example [{ email: 'skipper@example.com', role: 'Guest' }]
   */
  readonly accounts?: readonly [BluesondeAccount, ...BluesondeAccount[]] | undefined
  /**
   * Origins of web pages that may call the token endpoint and the API (CORS). Bluesonde does not document it. @default none
   * @example ['http://127.0.0.1:5173']
   */
  readonly allowedOrigins?: readonly string[] | undefined
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
  /** Where the simulator's time comes from. @default the machine's clock @example virtualClock() */
  readonly clock?: { now(): number } | undefined
}

const OPTIONS: OptionNames<BluesondeSimulatorOptions> = {
  apiKey: true,
  clientId: true,
  clientSecret: true,
  clientAuthentication: true,
  applicationName: true,
  redirectUris: true,
  anyLoopbackPort: true,
  accounts: true,
  allowedOrigins: true,
  scopes: true,
  expiresIn: true,
  refreshExpiresIn: true,
  accessTokenFormat: true,
  refreshGraceMs: true,
  clock: true,
}

/** A member of an organisation. */
export interface BluesondeAccount extends ConsentAccount {
  readonly role: string
  /** Scopes of the role. A user who lacks a scope of the application cannot consent; `offline_access` does not depend on roles. @default the scopes of the application */
  readonly scopes?: readonly string[] | undefined
}

/** The options with every default filled in. */
export interface BluesondeSettings {
  readonly apiKey: string | undefined
  readonly client: RegisteredClient | undefined
  readonly applicationName: string
  readonly redirectUris: readonly string[]
  readonly anyLoopbackPort: boolean
  readonly accounts: readonly [BluesondeAccount, ...BluesondeAccount[]]
  readonly allowedOrigins: readonly string[]
  readonly scopes: readonly string[]
  readonly expiresIn: number
  readonly refreshExpiresIn: number
  readonly accessTokenFormat: 'opaque' | 'jwt'
  readonly refreshGraceMs: number
}

const ONE_HOUR_S = 3600
const THIRTY_DAYS_S = 2_592_000

const MEMBERS = [
  { name: 'robin@example.com', role: 'Organization Admin' },
  { name: 'kim@example.com', role: 'Guest', scopes: [] },
] as const

/** @throws CredentialError `invalid_option` */
export function bluesondeSettings(options: BluesondeSimulatorOptions): BluesondeSettings {
  assertKnownOptions('@valetkey/testing', options, OPTIONS)
  if (!options.apiKey && !options.clientId) {
    throw invalidOption('@valetkey/testing', 'apiKey', 'is required, unless there is a "clientId"')
  }
  return {
    apiKey: options.apiKey || undefined,
    client: registeredClient(options),
    applicationName: options.applicationName ?? options.clientId ?? '',
    redirectUris: options.redirectUris ?? [],
    anyLoopbackPort: options.anyLoopbackPort ?? false,
    accounts: options.accounts ?? MEMBERS,
    allowedOrigins: options.allowedOrigins ?? [],
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
