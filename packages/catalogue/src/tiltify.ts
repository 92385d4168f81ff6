import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'tiltify',
  title: 'Tiltify',
  documentation: {
    'https://developers.tiltify.com/docs/api/authorization/authorization-code': '2026-11-29',
    'https://developers.tiltify.com/docs/api/authorization/client-credentials': '2026-11-29',
    'https://developers.tiltify.com/docs/api/authorization/scopes': '2026-11-29',
    'https://developers.tiltify.com/api-reference/public': '2026-11-29',
  },
  origins: ['https://v5api.tiltify.com'],
  authorizationUrl: 'https://v5api.tiltify.com/oauth/authorize',
  tokenUrl: 'https://v5api.tiltify.com/oauth/token',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 7200 },
})

/** User access tokens, which people give by signing in. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Application access tokens, for the program itself. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
