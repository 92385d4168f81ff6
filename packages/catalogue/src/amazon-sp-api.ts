import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'amazon-sp-api',
  title: 'Amazon Selling Partner API',
  documentation: {
    'https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api': '2026-11-29',
    'https://developer-docs.amazon.com/sp-api/docs/website-authorization-workflow': '2026-11-29',
    'https://developer-docs.amazon.com/sp-api/docs/self-authorization': '2026-11-29',
    'https://github.com/amzn/selling-partner-api-docs/blob/c2888de06b0ad6961a7c95560cfddebd36ac530f/guides/en-US/developer-guide/SellingPartnerApiDeveloperGuide.md':
      '2026-11-29',
  },
  origins: [
    'https://sellingpartnerapi-na.amazon.com',
    'https://sellingpartnerapi-eu.amazon.com',
    'https://sellingpartnerapi-fe.amazon.com',
  ],
  authorizationUrl: 'https://sellercentral.amazon.com/apps/authorize/consent',
  tokenUrl: 'https://api.amazon.com/auth/o2/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 3600 },
  place: ({ accessToken }) => ({ headers: { 'x-amz-access-token': accessToken } }),
  carries: { headers: ['x-amz-access-token'], query: [] },
  refuses: ({ status }) => status === 403,
})

/** Tokens of a selling partner. A private application gives `importTokens` the refresh token that its self-authorization shows. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn, { pkce: false })

/** Tokens for operations without a selling partner ("grantless"), e.g. with the scope `sellingpartnerapi::notifications`. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
