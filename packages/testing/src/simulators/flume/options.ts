import { assertKnownOptions, type OptionNames, requireText } from '@valetkey/core/kit'

import type { SettingsOf } from '../settings.ts'

/** A registered application of one Flume user, and the switches of what Flume's pages leave open. */
export interface FlumeSimulatorOptions {
  /** The only client id that is accepted. @example 'boat-app' */
  readonly clientId: string
  /** The client's secret. @example 'invented-secret' */
  readonly clientSecret: string
  /** E-mail address of the client's owner, the only user whom the client may sign in. @example 'skipper@example.com' */
  readonly username: string
  /** The user's password. @example 'invented-password' */
  readonly password: string
  /** @default 1111 */
  readonly userId?: number | undefined
  /** Lifetime of an access token, s. @default 604_800 */
  readonly expiresIn?: number | undefined
  /** Where the simulator's time comes from. @default the machine's clock @example virtualClock() */
  readonly clock?: { now(): number } | undefined
  /** Whether the token endpoint takes `application/x-www-form-urlencoded` too. @default false */
  readonly acceptsForm?: boolean | undefined
  /** Whether a refresh gives a new refresh token and ends the old one. @default true */
  readonly rotates?: boolean | undefined
  /** `message` of the answer to a dead refresh token; only its `detailed` is known. @default 'invalid_grant' */
  readonly refusedRefreshMessage?: string | undefined
  /** Whether the user finished the sign-up; if not, signing in is answered 403. @default true */
  readonly verified?: boolean | undefined
  /** Requests per hour and address, counted separately for `/oauth` and for `/users` with `/me`. @default 120 each */
  readonly requestsPerHour?: { readonly oauth?: number | undefined; readonly users?: number | undefined } | undefined
  /** Which headers tell about the rate limit; Flume documents none. @default 'none' */
  readonly rateLimitHeaders?: 'none' | 'x-ratelimit' | 'ratelimit' | undefined
  /**
   * Other people with a Flume account: their passwords are right and this client may not sign them in.
   * @example { 'mate@example.com': 'invented-password' }
   */
  readonly otherUsers?: readonly { readonly username: string; readonly password: string }[] | undefined
}

const OPTIONS: OptionNames<FlumeSimulatorOptions> = {
  clientId: true,
  clientSecret: true,
  username: true,
  password: true,
  userId: true,
  expiresIn: true,
  clock: true,
  acceptsForm: true,
  rotates: true,
  refusedRefreshMessage: true,
  verified: true,
  requestsPerHour: true,
  rateLimitHeaders: true,
  otherUsers: true,
}

export type FlumeSettings = SettingsOf<Omit<FlumeSimulatorOptions, 'requestsPerHour'>> & {
  readonly requestsPerHour: { readonly oauth: number; readonly users: number }
}

const SEVEN_DAYS_S = 604_800
export const REQUESTS_PER_HOUR = 120

/** @throws CredentialError `invalid_option` */
export function flumeSettings(options: FlumeSimulatorOptions): FlumeSettings {
  assertKnownOptions('@valetkey/testing', options, OPTIONS)
  requireText('@valetkey/testing', options, ['clientId', 'clientSecret', 'username', 'password'])
  const { requestsPerHour, ...given } = options
  return {
    clientId: given.clientId,
    clientSecret: given.clientSecret,
    username: given.username,
    password: given.password,
    userId: given.userId ?? 1111,
    expiresIn: given.expiresIn ?? SEVEN_DAYS_S,
    acceptsForm: given.acceptsForm ?? false,
    rotates: given.rotates ?? true,
    refusedRefreshMessage: given.refusedRefreshMessage ?? 'invalid_grant',
    verified: given.verified ?? true,
    rateLimitHeaders: given.rateLimitHeaders ?? 'none',
    otherUsers: given.otherUsers ?? [],
    requestsPerHour: {
      oauth: requestsPerHour?.oauth ?? REQUESTS_PER_HOUR,
      users: requestsPerHour?.users ?? REQUESTS_PER_HOUR,
    },
  }
}
