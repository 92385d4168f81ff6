import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'yahoo',
  title: 'Yahoo',
  documentation: {
    'https://developer.yahoo.com/oauth2/guide/flows_authcode/': '2026-11-29',
    'https://developer.yahooinc.com/dsp/api/docs/authentication/refresh-token.html': '2026-11-29',
    'https://api.login.yahoo.com/.well-known/openid-configuration': '2026-11-29',
  },
  origins: ['https://api.login.yahoo.com'],
  authorizationUrl: 'https://api.login.yahoo.com/oauth2/request_auth',
  tokenUrl: 'https://api.login.yahoo.com/oauth2/get_token',
  lifetimes: { accessToken: 3600 },
})

/**
 * Tokens of users who sign in. `baseUrl` names the API, if it is not the API of the user's profile; its
 * permission is chosen when the app is registered.
 */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
