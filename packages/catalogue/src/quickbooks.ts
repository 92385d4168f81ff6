import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'quickbooks',
  title: 'QuickBooks Online',
  documentation: {
    'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0':
      '2026-11-29',
    'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/faq': '2026-11-29',
    'https://github.com/intuit/oauth-jsclient/blob/master/src/OAuthClient.js': '2026-11-29',
    'https://github.com/intuit/oauth-jsclient/blob/master/README.md': '2026-11-29',
    'https://github.com/intuit/QuickBooks-V3-Java-SDK/releases/tag/v6.5.4': '2026-11-29',
  },
  variants: {
    environment: {
      production: { origins: ['https://quickbooks.api.intuit.com'] },
      sandbox: { origins: ['https://sandbox-quickbooks.api.intuit.com'] },
    },
  },
  authorizationUrl: 'https://appcenter.intuit.com/connect/oauth2',
  tokenUrl: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
  lifetimes: { accessToken: 3600, idle: 8_640_000 },
})

/** Tokens for one company, which its administrator gives by signing in. The details have the company's `realmId`. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
