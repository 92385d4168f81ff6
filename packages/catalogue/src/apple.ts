import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'apple',
  title: 'Sign in with Apple',
  documentation: {
    'https://developer.apple.com/documentation/signinwithapplerestapi/generate-and-validate-tokens': '2026-11-29',
    'https://developer.apple.com/documentation/signinwithapplerestapi/tokenresponse': '2026-11-29',
    'https://developer.apple.com/documentation/signinwithapplerestapi/revoke-tokens': '2026-11-29',
    'https://developer.apple.com/documentation/technotes/tn3107-resolving-sign-in-with-apple-response-errors':
      '2026-11-29',
  },
  origins: ['https://appleid.apple.com'],
  authorizationUrl: 'https://appleid.apple.com/auth/authorize',
  tokenUrl: 'https://appleid.apple.com/auth/token',
  revocationUrl: 'https://appleid.apple.com/auth/revoke',
  clientAuthentication: 'client_secret_post',
})

/** Tokens of users who sign in with a Services ID. `clientSecret` is a JWT (ES256) that the program signs itself: give a function. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
