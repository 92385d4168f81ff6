import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'patreon',
  title: 'Patreon',
  documentation: {
    'https://docs.patreon.com/#oauth': '2026-11-29',
    'https://github.com/Patreon/platform-documentation/blob/master/source/includes/_oauth.md': '2026-11-29',
  },
  origins: ['https://www.patreon.com'],
  authorizationUrl: 'https://www.patreon.com/oauth2/authorize',
  tokenUrl: 'https://www.patreon.com/api/oauth2/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { rotates: true },
})

/** Tokens that patrons and creators give by signing in. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
