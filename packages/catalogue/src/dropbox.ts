import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'dropbox',
  title: 'Dropbox',
  documentation: {
    'https://dropbox.tech/developers/using-oauth-2-0-with-offline-access': '2026-11-29',
    'https://github.com/dropbox/dropbox-sdk-js': '2026-11-29',
    'https://github.com/dropbox/dropbox-sdk-python': '2026-11-29',
  },
  origins: ['https://api.dropboxapi.com', 'https://content.dropboxapi.com'],
  authorizationUrl: 'https://www.dropbox.com/oauth2/authorize',
  tokenUrl: 'https://api.dropboxapi.com/oauth2/token',
  authorizationParameters: { token_access_type: 'offline' },
  secret: 'optional',
  lifetimes: { accessToken: 14_400, rotates: false },
})

/** Tokens of users who sign in, with a refresh token. An app that uses PKCE needs no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
