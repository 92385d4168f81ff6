import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

const data = {
  name: 'etsy',
  title: 'Etsy',
  documentation: {
    'https://developers.etsy.com/documentation/essentials/authentication/': '2026-11-29',
    'https://developers.etsy.com/documentation/essentials/requests/': '2026-11-29',
  },
  origins: ['https://api.etsy.com', 'https://openapi.etsy.com'],
  authorizationUrl: 'https://www.etsy.com/oauth/connect',
  tokenUrl: 'https://api.etsy.com/v3/public/oauth/token',
  lifetimes: { accessToken: 3600, refreshToken: 7_776_000 },
} as const

export const vendor = /* @__PURE__ */ defineVendor(data)

const withoutSecret = /* @__PURE__ */ defineVendor({ ...data, secret: 'none' })

/**
 * Tokens of users who sign in. `clientId` is the keystring of the app; each request to the API also needs the header
 * `x-api-key` with keystring and shared secret, which the program has to set itself.
 */
export const authorizationCode = /* @__PURE__ */ withoutSecret(signIn)
