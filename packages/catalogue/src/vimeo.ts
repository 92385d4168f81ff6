import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'vimeo',
  title: 'Vimeo',
  documentation: {
    'https://developer.vimeo.com/api/authentication': '2026-11-29',
    'https://github.com/vimeo/vimeo.js': '2026-11-29',
  },
  origins: ['https://api.vimeo.com'],
  authorizationUrl: 'https://api.vimeo.com/oauth/authorize',
  tokenUrl: 'https://api.vimeo.com/oauth/access_token',
  basicEncoding: 'plain',
  lifetimes: { refreshToken: 'none' },
})

/** Tokens of users who sign in. They are not renewed: when one is refused, the person has to sign in again. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Unauthenticated tokens, for the program itself: they read public data. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram, {
  tokenUrl: 'https://api.vimeo.com/oauth/authorize/client',
})
