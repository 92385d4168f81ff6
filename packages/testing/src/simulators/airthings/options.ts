import { assertKnownOptions, type OptionNames, requireText } from '@valetkey/core/kit'

import type { SettingsOf } from '../settings.ts'

/** A registered application, and the switches of what Airthings' pages leave open. */
export interface AirthingsSimulatorOptions {
  /** The only client id that is accepted. @example 'boat-app' */
  readonly clientId: string
  /** The client's secret. @example 'invented-secret' */
  readonly clientSecret: string
  /** Which API the client is for: decides its scopes and its quota. @default 'consumer' */
  readonly api?: 'consumer' | 'business' | undefined
  /**
   * Scopes that the client is registered for; a token request without a scope gets all. @default those of the API
   * @example ['read:device:current_values']
   */
  readonly scopes?: readonly string[] | undefined
  /** The application's name on the consent page. @default the client id @example 'Boats' */
  readonly applicationName?: string | undefined
  /**
   * Redirect URIs that the client is registered with; one must be named exactly, and repeated with a code.
   * @example ['http://127.0.0.1:8080/callback']
   */
  readonly redirectUris?: readonly string[] | undefined
  /** Whether the port of a registered loopback address does not count, as for programs on a desktop. @default false */
  readonly anyLoopbackPort?: boolean | undefined
  /**
   * E-mail addresses of the users who can sign in; each has one account. The client belongs to the first one. @default two users
   * @example ['skipper@example.com']
   */
  readonly accounts?: readonly [string, ...string[]] | undefined
  /** Lifetime of an access token, s. @default 10_800 */
  readonly expiresIn?: number | undefined
  /** Lifetime of a refresh token, s. Airthings publishes none. @default 30 days */
  readonly refreshExpiresIn?: number | undefined
  /** Whether a refresh ends the refresh token that it used. Airthings does not say. @default false */
  readonly oldRefreshDies?: boolean | undefined
  /** Status of the answer to an expired refresh token; documented as "4xx". @default 400 */
  readonly refusedRefreshStatus?: 400 | 401 | undefined
  /** Body of the token endpoint's errors; Airthings publishes none. @default 'oauth' */
  readonly tokenErrors?: 'oauth' | 'message' | 'empty' | undefined
  /** API requests an hour and client. @default 120 (consumer), 5000 (business) */
  readonly requestsPerHour?: number | undefined
  /** Where the simulator's time comes from. @default the machine's clock @example virtualClock() */
  readonly clock?: { now(): number } | undefined
}

const OPTIONS: OptionNames<AirthingsSimulatorOptions> = {
  clientId: true,
  clientSecret: true,
  api: true,
  scopes: true,
  applicationName: true,
  redirectUris: true,
  anyLoopbackPort: true,
  accounts: true,
  expiresIn: true,
  refreshExpiresIn: true,
  oldRefreshDies: true,
  refusedRefreshStatus: true,
  tokenErrors: true,
  requestsPerHour: true,
  clock: true,
}

export type AirthingsSettings = SettingsOf<AirthingsSimulatorOptions>

const THREE_HOURS_S = 10_800
const THIRTY_DAYS_S = 2_592_000

const PEOPLE = ['robin@example.com', 'kim@example.com'] as const

const APIS = {
  consumer: { scopes: ['read:device:current_values'], requestsPerHour: 120 },
  business: { scopes: ['read:device', 'write:device'], requestsPerHour: 5000 },
}

/** @throws CredentialError `invalid_option` */
export function airthingsSettings(options: AirthingsSimulatorOptions): AirthingsSettings {
  assertKnownOptions('@valetkey/testing', options, OPTIONS)
  requireText('@valetkey/testing', options, ['clientId', 'clientSecret'])
  const api = options.api ?? 'consumer'
  return {
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    api,
    scopes: options.scopes ?? APIS[api].scopes,
    applicationName: options.applicationName ?? options.clientId,
    redirectUris: options.redirectUris ?? [],
    anyLoopbackPort: options.anyLoopbackPort ?? false,
    accounts: options.accounts ?? PEOPLE,
    expiresIn: options.expiresIn ?? THREE_HOURS_S,
    refreshExpiresIn: options.refreshExpiresIn ?? THIRTY_DAYS_S,
    oldRefreshDies: options.oldRefreshDies ?? false,
    refusedRefreshStatus: options.refusedRefreshStatus ?? 400,
    tokenErrors: options.tokenErrors ?? 'oauth',
    requestsPerHour: options.requestsPerHour ?? APIS[api].requestsPerHour,
  }
}
