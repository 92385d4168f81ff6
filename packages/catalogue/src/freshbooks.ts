import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'freshbooks',
  title: 'FreshBooks',
  documentation: {
    'https://www.freshbooks.com/api/authentication': '2026-11-29',
    'https://www.freshbooks.com/api/get-authenticated-on-the-freshbooks-api': '2026-11-29',
    'https://github.com/freshbooks/freshbooks-nodejs-sdk': '2026-11-29',
  },
  origins: ['https://api.freshbooks.com'],
  authorizationUrl: 'https://auth.freshbooks.com/oauth/authorize',
  tokenUrl: 'https://api.freshbooks.com/auth/oauth/token',
  revocationUrl: 'https://api.freshbooks.com/auth/oauth/revoke',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 43_200, refreshToken: 'endless', rotates: true },
})

/** Tokens of users who sign in. The redirect URI has to be https and without a query. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
