import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'miro',
  title: 'Miro',
  documentation: {
    'https://developers.miro.com/docs/getting-started-with-oauth': '2026-11-29',
    'https://developers.miro.com/reference/oauth-20-authorization-v2': '2026-11-29',
    'https://developers.miro.com/reference/get-new-access-token-using-refresh-token': '2026-11-29',
  },
  origins: ['https://api.miro.com'],
  authorizationUrl: 'https://miro.com/oauth/authorize',
  tokenUrl: 'https://api.miro.com/v1/oauth/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 3600, refreshToken: 5_184_000, rotates: true },
})

/** Tokens that people give by installing the app in a team. Expiring tokens have to be chosen when the app is created. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
