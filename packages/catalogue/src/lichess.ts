import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'lichess',
  title: 'Lichess',
  documentation: {
    'https://lichess.org/api#tag/OAuth': '2026-11-29',
    'https://github.com/lichess-org/api/blob/master/doc/specs/lichess-api.yaml': '2026-11-29',
    'https://github.com/lichess-org/api/blob/master/doc/specs/tags/oauth/oauth.yaml': '2026-11-29',
    'https://github.com/lichess-org/api/blob/master/doc/specs/tags/oauth/api-token.yaml': '2026-11-29',
  },
  secret: 'none',
  origins: ['https://lichess.org', 'https://explorer.lichess.org'],
  authorizationUrl: 'https://lichess.org/oauth',
  tokenUrl: 'https://lichess.org/api/token',
  lifetimes: { accessToken: 31_536_000, refreshToken: 'none' },
})

/** Tokens for a year, which people give by signing in. Clients are not registered: the client id is any name, such as the app's domain. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
