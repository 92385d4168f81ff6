import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'bungie',
  title: 'Bungie.net',
  documentation: {
    'https://github.com/Bungie-net/api/wiki/OAuth-Documentation': '2026-11-29',
    'https://github.com/Bungie-net/api/blob/master/openapi.json': '2026-11-29',
  },
  placeholders: { apiKey: { is: 'segment', about: 'the API key of the application' } },
  origins: ['https://www.bungie.net'],
  authorizationUrl: 'https://www.bungie.net/en/OAuth/Authorize',
  tokenUrl: 'https://www.bungie.net/Platform/App/OAuth/token/',
  scopeFormat: 'omit',
  secret: 'optional',
  place: ({ accessToken }, { apiKey }) => ({
    headers: { authorization: `Bearer ${accessToken}`, 'x-api-key': String(apiKey) },
  }),
  carries: { headers: ['authorization', 'x-api-key'], query: [] },
})

/** Tokens that people give by signing in. The scopes are those of the application; a public one gets no refresh token. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
