import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'
import { normalize } from './answers.ts'

export type { PendingSignIn, SignInCredential } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'airthings',
  title: 'Airthings',
  documentation: {
    'https://developer.airthings.com/docs/api.html': '2026-11-29',
    'https://developer-business.airthings.com/docs/api-authorization': '2026-11-29',
  },
  variants: {
    /** `consumer`: your own devices; `business`: a company's in Airthings for Business. */
    api: {
      consumer: { origins: ['https://consumer-api.airthings.com'], scopes: ['read:device:current_values'] },
      business: { origins: ['https://ext-api.airthings.com'], scopes: ['read:device'] },
    },
  },
  authorizationUrl: 'https://accounts.airthings.com/authorize',
  tokenUrl: 'https://accounts-api.airthings.com/v1/token',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  scopeFormat: 'array',
  retryAfterHeaders: ['x-ratelimit-retry-after', 'x-ratelimit-reset'],
  lifetimes: { accessToken: 10_800, rotates: true },
  normalize,
})

/**
 * Tokens for the program itself. Client id and secret are from "API" in the settings of the Airthings dashboard.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

/**
 * Tokens of users who sign in at Airthings, refreshed with a rotating refresh token. `redirectUri` must be exactly one of the
 * URIs that your API client is registered with.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

export type AirthingsOptions = Parameters<typeof clientCredentials>[0]
export type AirthingsSignInOptions = Parameters<typeof authorizationCode>[0]
