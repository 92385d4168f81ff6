import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'basecamp',
  title: 'Basecamp',
  documentation: {
    'https://github.com/basecamp/bc3-api/blob/master/sections/authentication.md': '2026-11-29',
    'https://github.com/basecamp/bc3-api/blob/master/README.md': '2026-11-29',
  },
  origins: ['https://3.basecampapi.com', 'https://launchpad.37signals.com'],
  authorizationUrl: 'https://launchpad.37signals.com/authorization/new',
  tokenUrl: 'https://launchpad.37signals.com/authorization/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 1_209_600 },
})

/** Tokens of users who sign in at Launchpad. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
