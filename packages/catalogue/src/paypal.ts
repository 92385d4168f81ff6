import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'paypal',
  title: 'PayPal',
  documentation: {
    'https://developer.paypal.com/api/rest/authentication/': '2026-11-29',
    'https://developer.paypal.com/log-in/build': '2026-11-29',
    'https://developer.paypal.com/log-in/build-button': '2026-11-29',
    'https://github.com/paypal/PayPal-Android-SDK/blob/master/docs/profile_sharing_server.md': '2026-11-29',
  },
  variants: {
    environment: {
      production: {},
      sandbox: {
        origins: ['https://api-m.sandbox.paypal.com'],
        authorizationUrl: 'https://www.sandbox.paypal.com/signin/authorize',
        tokenUrl: 'https://api-m.sandbox.paypal.com/v1/oauth2/token',
      },
    },
  },
  origins: ['https://api-m.paypal.com'],
  authorizationUrl: 'https://www.paypal.com/signin/authorize',
  tokenUrl: 'https://api-m.paypal.com/v1/oauth2/token',
})

/** Tokens for the program itself, of a REST API app. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

/** Tokens that people give by "Log in with PayPal", which has to be on in the settings of the app. One of the scopes has to be `openid`. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn, { authorizationParameters: { flowEntry: 'static' } })
