import { assertKnownOptions, type OptionNames, requireText } from '@valetkey/core/kit'

import type { SettingsOf } from '../settings.ts'

/** A set of client credentials, and the switches of what the vendor's page leaves open. */
export interface M2mSimulatorOptions {
  /** Chosen by the customer: may be any text without a colon. @example 'boat-app' */
  readonly clientId: string
  /** The client's secret. @example 'invented-secret' */
  readonly clientSecret: string
  /** Whether id and secret are form-decoded after Base64; the page does not mention it. @default 'plain' */
  readonly basicEncoding?: 'plain' | 'form-urlencoded' | undefined
  /** @default '/oauth/v2/token' */
  readonly tokenPath?: string | undefined
  /** Lifetime of a token, s. @default 3600 */
  readonly expiresIn?: number | undefined
  /** The page calls a token a JWT and shows one that is padded Base64. @default 'base64' */
  readonly tokenFormat?: 'base64' | 'jwt' | undefined
  /** Body of the 401 for a wrong client; the page names none. @default 'empty' */
  readonly unauthorizedBody?: 'empty' | 'text' | 'json' | undefined
  /** Whether a client id or secret in the body, in addition to the Basic header, is a bad request (RFC 6749 §2.3). @default true */
  readonly refusesBodyCredentials?: boolean | undefined
  /** Paths of the API that the account may not use: they are answered 403. @default [] */
  readonly forbiddenPaths?: readonly string[] | undefined
  /** Where the simulator's time comes from. @default the machine's clock @example virtualClock() */
  readonly clock?: { now(): number } | undefined
}

const OPTIONS: OptionNames<M2mSimulatorOptions> = {
  clientId: true,
  clientSecret: true,
  basicEncoding: true,
  tokenPath: true,
  expiresIn: true,
  tokenFormat: true,
  unauthorizedBody: true,
  refusesBodyCredentials: true,
  forbiddenPaths: true,
  clock: true,
}

export type M2mSettings = SettingsOf<M2mSimulatorOptions>

const ONE_HOUR_S = 3600

/** @throws CredentialError `invalid_option` */
export function m2mSettings(options: M2mSimulatorOptions): M2mSettings {
  assertKnownOptions('@valetkey/testing', options, OPTIONS)
  requireText('@valetkey/testing', options, ['clientId', 'clientSecret'])
  return {
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    basicEncoding: options.basicEncoding ?? 'plain',
    tokenPath: options.tokenPath ?? '/oauth/v2/token',
    expiresIn: options.expiresIn ?? ONE_HOUR_S,
    tokenFormat: options.tokenFormat ?? 'base64',
    unauthorizedBody: options.unauthorizedBody ?? 'empty',
    refusesBodyCredentials: options.refusesBodyCredentials ?? true,
    forbiddenPaths: options.forbiddenPaths ?? [],
  }
}
