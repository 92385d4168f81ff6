import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'oura',
  title: 'Oura',
  documentation: {
    'https://cloud.ouraring.com/docs/authentication': '2026-11-29',
    'https://cloud.ouraring.com/v2/docs': '2026-11-29',
  },
  origins: ['https://api.ouraring.com'],
  authorizationUrl: 'https://cloud.ouraring.com/oauth/authorize',
  tokenUrl: 'https://api.ouraring.com/oauth/token',
  clientAuthentication: 'client_secret_post',
})

/** Tokens of users who sign in. Without `scopes` the person is asked for all of them. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
