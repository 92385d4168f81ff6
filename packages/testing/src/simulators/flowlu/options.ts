import { assertKnownOptions, invalidOption, type OptionNames, requireText } from '@valetkey/core/kit'

import type { SettingsOf } from '../settings.ts'
import { MODULES } from './records.ts'

/** An account's API key, its administrator, or both; and the switches of what Flowlu's pages leave open. */
export interface FlowluSimulatorOptions {
  /** Required unless there is a `username`. */
  readonly apiKey?: string | undefined
  /** The administrator. Required, with `password`, unless there is an `apiKey`. */
  readonly username?: string | undefined
  /** The user's password. @example 'invented-password' */
  readonly password?: string | undefined
  /** Modules that `apiKey` may use. @default all of the simulator */
  readonly modules?: readonly string[] | undefined
  /**
   * Users who are not administrators: they get no token with the correct password.
   * @example { 'mate@example.com': 'invented-password' }
   */
  readonly otherUsers?: readonly { readonly username: string; readonly password: string }[] | undefined
  /** `error` of the answer to those; Flowlu names none. @default 'invalid_grant' */
  readonly notAdministratorError?: string | undefined
  /** Status of the token endpoint's errors; Flowlu names none. @default 400 */
  readonly tokenErrorStatus?: 200 | 400 | 401 | undefined
  /** Whether requests count as made over TLS: the simulator itself speaks http. @default true */
  readonly overTls?: boolean | undefined
  /** Status of error 11, "authorization failed"; Flowlu names none. @default 200 */
  readonly authorizationFailedStatus?: 200 | 401 | undefined
  /** Status of error 22, "access denied"; Flowlu names none. @default 200 */
  readonly accessDeniedStatus?: 200 | 403 | undefined
  /** Whether the API takes `Authorization: Bearer` in addition to Basic, as newer pages say. @default false */
  readonly acceptsBearer?: boolean | undefined
  /** After how many seconds a token dies. No answer tells. @default Infinity @example 60 */
  readonly expiresIn?: number | undefined
  /** Where the simulator's time comes from. @default the machine's clock @example virtualClock() */
  readonly clock?: { now(): number } | undefined
}

const OPTIONS: OptionNames<FlowluSimulatorOptions> = {
  apiKey: true,
  username: true,
  password: true,
  modules: true,
  otherUsers: true,
  notAdministratorError: true,
  tokenErrorStatus: true,
  overTls: true,
  authorizationFailedStatus: true,
  accessDeniedStatus: true,
  acceptsBearer: true,
  expiresIn: true,
  clock: true,
}

export type FlowluSettings = SettingsOf<Omit<FlowluSimulatorOptions, 'apiKey' | 'username' | 'password'>> & {
  readonly apiKey: string | undefined
  readonly administrator: { readonly username: string; readonly password: string } | undefined
}

/** @throws CredentialError `invalid_option` */
export function flowluSettings(options: FlowluSimulatorOptions): FlowluSettings {
  assertKnownOptions('@valetkey/testing', options, OPTIONS)
  if (!options.apiKey && !options.username) {
    throw invalidOption('@valetkey/testing', 'apiKey', 'is required, unless there is a "username"')
  }
  return {
    apiKey: options.apiKey || undefined,
    administrator: administratorOf(options),
    modules: options.modules ?? MODULES,
    otherUsers: options.otherUsers ?? [],
    notAdministratorError: options.notAdministratorError ?? 'invalid_grant',
    tokenErrorStatus: options.tokenErrorStatus ?? 400,
    overTls: options.overTls ?? true,
    authorizationFailedStatus: options.authorizationFailedStatus ?? 200,
    accessDeniedStatus: options.accessDeniedStatus ?? 200,
    acceptsBearer: options.acceptsBearer ?? false,
    expiresIn: options.expiresIn ?? Number.POSITIVE_INFINITY,
  }
}

function administratorOf(options: FlowluSimulatorOptions): FlowluSettings['administrator'] {
  const { username, password = '' } = options
  if (!username) return undefined
  requireText('@valetkey/testing', options, ['password'])
  return { username, password }
}
