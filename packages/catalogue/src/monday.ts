import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'monday',
  title: 'monday.com',
  documentation: {
    'https://developer.monday.com/apps/docs/oauth-2-1': '2026-11-29',
    'https://developer.monday.com/apps/docs/migrating-to-the-new-oauth-flow': '2026-11-29',
  },
  origins: ['https://api.monday.com'],
  authorizationUrl: 'https://auth.monday.com/oauth2/authorize',
  tokenUrl: 'https://auth.monday.com/oauth_ms/oauth/token',
  revocationUrl: 'https://auth.monday.com/oauth_ms/oauth/revoke',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  lifetimes: { rotates: true },
})

/** Tokens of users who sign in. The app has to use OAuth 2.1, which older apps switch on for each version. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
