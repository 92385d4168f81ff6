import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'spotify',
  title: 'Spotify',
  documentation: {
    'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens': '2026-11-29',
    'https://developer.spotify.com/blog/2026-06-18-refresh-token-expiration': '2026-11-29',
    'https://github.com/spotify/web-api-examples/tree/master/authorization': '2026-11-29',
  },
  origins: ['https://api.spotify.com'],
  authorizationUrl: 'https://accounts.spotify.com/authorize',
  tokenUrl: 'https://accounts.spotify.com/api/token',
  secret: 'optional',
  lifetimes: { accessToken: 3600, refreshToken: 15_552_000 },
})

/** Tokens of users who sign in. A program that cannot keep a secret leaves it out. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the program itself, without the data of any user. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
