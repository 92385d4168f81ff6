import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'wrike',
  title: 'Wrike',
  documentation: { 'https://developers.wrike.com/oauth-20-authorization': '2026-11-29' },
  origins: ['https://*.wrike.com'],
  authorizationUrl: 'https://login.wrike.com/oauth2/authorize/v4',
  tokenUrl: 'https://login.wrike.com/oauth2/token',
  clientAuthentication: 'client_secret_post',
  scopeSeparator: ',',
  lifetimes: { accessToken: 3600 },
})

/** Tokens of users who sign in. The host of their API is `host` in `details()`. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
