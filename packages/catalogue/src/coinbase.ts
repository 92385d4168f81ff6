import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'coinbase',
  title: 'Coinbase',
  documentation: {
    'https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/reference': '2026-11-29',
    'https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/scopes': '2026-11-29',
    'https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/access-and-refresh-tokens': '2026-11-29',
    'https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/quickstart': '2026-11-29',
  },
  origins: ['https://api.coinbase.com'],
  authorizationUrl: 'https://login.coinbase.com/oauth2/auth',
  tokenUrl: 'https://login.coinbase.com/oauth2/token',
  clientAuthentication: 'client_secret_post',
  scopeSeparator: ',',
  scopes: ['offline_access'],
  lifetimes: { accessToken: 3600, refreshToken: 47_304_000, rotates: true },
})

/** Tokens of users who sign in. Without the scope `offline_access` there is no refresh token. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
