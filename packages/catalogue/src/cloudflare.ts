import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'cloudflare',
  title: 'Cloudflare',
  documentation: {
    'https://developers.cloudflare.com/fundamentals/oauth/create-an-oauth-client/': '2026-11-29',
    'https://developers.cloudflare.com/fundamentals/oauth/integrate-with-cloudflare/': '2026-11-29',
    'https://developers.cloudflare.com/api/resources/iam/subresources/oauth_clients/methods/create': '2026-11-29',
  },
  origins: ['https://api.cloudflare.com'],
  authorizationUrl: 'https://dash.cloudflare.com/oauth2/auth',
  tokenUrl: 'https://dash.cloudflare.com/oauth2/token',
  revocationUrl: 'https://dash.cloudflare.com/oauth2/revoke',
  secret: 'optional',
  adjustable: ['clientAuthentication'],
})

/** Tokens of users who sign in. A client with the token authentication method "None" has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
