import type { TokenCredential, WaitOptions } from '@valetkey/core'
import { CredentialError } from '@valetkey/core/kit'
import { asRecord, defineVendor, password as signIn } from '@valetkey/oauth2'
import { normalize } from './answers.ts'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'flume',
  title: 'Flume',
  documentation: {
    'https://flumetech.readme.io/reference/get-tokens': '2026-11-29',
    'https://flumetech.readme.io/reference/refresh-access-token': '2026-11-29',
  },
  // The documented host, and the older one that is still in use; both take the same tokens.
  origins: ['https://api.flumewater.com', 'https://api.flumetech.com'],
  tokenUrl: '/oauth/token',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  scopeFormat: 'omit',
  retryAfterHeaders: ['x-ratelimit-reset', 'ratelimit-reset'],
  lifetimes: { accessToken: 604_800 },
  normalize,
})

/**
 * Password sign-in and refresh tokens; if Flume refuses a refresh token, valetkey signs in again, without a user. Client id and
 * secret are from "API Access" in the settings of the Flume portal, `username` is the account's e-mail address.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const password = /* @__PURE__ */ vendor(signIn)

export type FlumeOptions = Parameters<typeof password>[0]

/** Claims of an access token, from https://flumetech.readme.io/reference/accessing-the-api. The signature is not checked. */
export interface FlumeClaims {
  readonly user_id: number
  /** E.g. `'USER'`. */
  readonly type: string
  /** Unix time, in seconds. */
  readonly iat: number
  /** Unix time, in seconds. */
  readonly exp: number
}

/**
 * The user id that most of Flume's paths need (`/users/{id}/…`), read from the token.
 *
 * @throws CredentialError `not_a_jwt` if the token has none, and the errors of `credential.getToken`
 */
export async function userId(credential: TokenCredential, options?: WaitOptions): Promise<number> {
  const { user_id: id } = asRecord(await credential.claims(options))
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id
  const { vendor, account } = credential
  throw new CredentialError('not_a_jwt', '[flume] the access token has no "user_id"', { vendor, account })
}
