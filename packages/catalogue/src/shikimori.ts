import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'shikimori',
  title: 'Shikimori',
  documentation: {
    'https://shikimori.io/oauth': '2026-11-29',
    'https://shikimori.io/api/doc': '2026-11-29',
    'https://github.com/shikimori/shikimori/blob/master/app/views/pages/oauth.html.slim': '2026-11-29',
  },
  origins: ['https://shikimori.io'],
  authorizationUrl: 'https://shikimori.io/oauth/authorize',
  tokenUrl: 'https://shikimori.io/oauth/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 86_400, rotates: true },
})

/** Tokens of users who sign in. `tokenHeaders` must give the name of the application as `user-agent`. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
