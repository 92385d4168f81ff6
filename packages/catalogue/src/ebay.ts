import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'ebay',
  title: 'eBay',
  documentation: {
    'https://developer.ebay.com/api-docs/static/oauth-authorization-code-grant.html': '2026-11-29',
    'https://developer.ebay.com/api-docs/static/oauth-client-credentials-grant.html': '2026-11-29',
    'https://developer.ebay.com/api-docs/static/oauth-refresh-token-request.html': '2026-11-29',
  },
  variants: {
    environment: {
      production: {},
      sandbox: {
        origins: ['https://api.sandbox.ebay.com', 'https://apiz.sandbox.ebay.com'],
        authorizationUrl: 'https://auth.sandbox.ebay.com/oauth2/authorize',
        tokenUrl: 'https://api.sandbox.ebay.com/identity/v1/oauth2/token',
      },
    },
  },
  origins: ['https://api.ebay.com', 'https://apiz.ebay.com'],
  authorizationUrl: 'https://auth.ebay.com/oauth2/authorize',
  tokenUrl: 'https://api.ebay.com/identity/v1/oauth2/token',
  lifetimes: { accessToken: 7200, refreshToken: 47_304_000, rotates: false },
})

/** User access tokens, that people give by signing in. `redirectUri` is the RuName of the app, no URL. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Application access tokens, for the program itself. They need scopes, such as `https://api.ebay.com/oauth/api_scope`. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
