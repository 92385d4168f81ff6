import {
  defineVendor,
  tokenExchange as exchange,
  clientCredentials as forProgram,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'shopify',
  title: 'Shopify',
  documentation: {
    'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant':
      '2026-11-29',
    'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant':
      '2026-11-29',
    'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens':
      '2026-11-29',
    'https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens': '2026-11-29',
    'https://github.com/Shopify/shopify-app-js': '2026-11-29',
  },
  placeholders: { shop: { is: 'label', about: 'the name of the shop: `boats` of boats.myshopify.com' } },
  origins: ['https://{shop}.myshopify.com'],
  authorizationUrl: 'https://{shop}.myshopify.com/admin/oauth/authorize',
  tokenUrl: 'https://{shop}.myshopify.com/admin/oauth/access_token',
  clientAuthentication: 'client_secret_post',
  scopeSeparator: ',',
  lifetimes: { refreshToken: 7_776_000, rotates: true },
  place: ({ accessToken }) => ({ headers: { 'x-shopify-access-token': accessToken } }),
  carries: { headers: ['x-shopify-access-token'], query: [] },
})

/** Tokens of a shop that a merchant gives by installing the app: they expire, and are renewed by refresh token. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn, {
  tokenParameters: { expiring: '1' },
})

/** Tokens of a shop in exchange for the session token of an embedded app, which is the `subjectToken`. */
export const tokenExchange = /* @__PURE__ */ vendor(exchange, {
  subjectTokenType: 'urn:ietf:params:oauth:token-type:id_token',
  requestedTokenType: 'urn:shopify:params:oauth:token-type:offline-access-token',
  tokenParameters: { expiring: '1' },
})

/** Tokens for the program itself, of an app that is installed in a shop of the same organization. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
