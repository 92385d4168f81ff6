import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'whoop',
  title: 'WHOOP',
  documentation: {
    'https://developer.whoop.com/docs/developing/oauth': '2026-11-29',
    'https://developer.whoop.com/docs/tutorials/refresh-token-postman': '2026-11-29',
    'https://developer.whoop.com/docs/partner/authentication': '2026-11-29',
  },
  origins: ['https://api.prod.whoop.com'],
  authorizationUrl: 'https://api.prod.whoop.com/oauth/oauth2/auth',
  tokenUrl: 'https://api.prod.whoop.com/oauth/oauth2/token',
  clientAuthentication: 'client_secret_post',
  scopes: ['offline'],
})

/** Tokens that members give by signing in. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Partner tokens, for the program itself. WHOOP gives the client to trusted partners. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram, {
  tokenUrl: 'https://api.prod.whoop.com/developer/v2/partner/token',
  encoding: 'json',
  scopes: ['whoop-partner/token'],
})
