import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'webflow',
  title: 'Webflow',
  documentation: {
    'https://developers.webflow.com/data/reference/oauth-app': '2026-11-29',
    'https://developers.webflow.com/reference/authentication': '2026-11-29',
    'https://github.com/webflow/js-webflow-api': '2026-11-29',
  },
  origins: ['https://api.webflow.com'],
  authorizationUrl: 'https://webflow.com/oauth/authorize',
  tokenUrl: 'https://api.webflow.com/oauth/access_token',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  lifetimes: { refreshToken: 'none' },
})

/** Tokens of users who sign in, for the sites that they choose. The app needs the building block Data Client. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
