import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'mastodon',
  title: 'Mastodon',
  documentation: {
    'https://docs.joinmastodon.org/methods/oauth/': '2026-11-29',
    'https://docs.joinmastodon.org/spec/oauth/': '2026-11-29',
  },
  placeholders: { instance: { is: 'host', about: 'the host of the Mastodon server, e.g. mastodon.social' } },
  origins: ['https://{instance}'],
  authorizationUrl: 'https://{instance}/oauth/authorize',
  tokenUrl: 'https://{instance}/oauth/token',
  revocationUrl: 'https://{instance}/oauth/revoke',
  clientAuthentication: 'client_secret_post',
  lifetimes: { refreshToken: 'none' },
})

/** Tokens of users who sign in. Each server has its own client ids: register the application at each. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the program itself, without a user. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
