import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'asana',
  title: 'Asana',
  documentation: {
    'https://developers.asana.com/docs/oauth': '2026-11-29',
    'https://github.com/Asana/developer-docs/blob/master/source/includes/markdown/_auth.html.md': '2026-11-29',
  },
  origins: ['https://app.asana.com'],
  authorizationUrl: 'https://app.asana.com/-/oauth_authorize',
  tokenUrl: 'https://app.asana.com/-/oauth_token',
  revocationUrl: 'https://app.asana.com/-/oauth_revoke',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 3600, rotates: false },
})

/** Tokens of users who sign in. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
