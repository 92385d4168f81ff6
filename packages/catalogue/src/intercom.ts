import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'intercom',
  title: 'Intercom',
  documentation: {
    'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/setting-up-oauth':
      '2026-11-29',
    'https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis': '2026-11-29',
    'https://github.com/intercom/Intercom-OpenAPI': '2026-11-29',
    'https://github.com/intercom/oauth2-intercom/blob/master/README.md': '2026-11-29',
    'https://github.com/intercom/omniauth-intercom/blob/master/lib/omniauth/strategies/intercom.rb': '2026-11-29',
  },
  origins: ['https://api.intercom.io', 'https://api.eu.intercom.io', 'https://api.au.intercom.io'],
  authorizationUrl: 'https://app.intercom.com/oauth',
  tokenUrl: 'https://api.intercom.io/auth/eagle/token',
  clientAuthentication: 'client_secret_post',
  scopeFormat: 'omit',
  lifetimes: { accessToken: 'endless', refreshToken: 'none' },
})

/** Tokens for a workspace, which people give by installing the app. What they may do is set in the app's settings. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
