import { asRecord, defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'facebook',
  title: 'Facebook',
  documentation: {
    'https://developers.facebook.com/documentation/facebook-login/guides/advanced/oidc-token': '2026-11-29',
    'https://developers.facebook.com/documentation/facebook-login/guides/access-tokens': '2026-11-29',
    'https://developers.facebook.com/documentation/facebook-login/guides/access-tokens/get-long-lived': '2026-11-29',
    'https://developers.facebook.com/docs/graph-api/guides/error-handling': '2026-11-29',
  },
  origins: ['https://graph.facebook.com'],
  authorizationUrl: 'https://www.facebook.com/dialog/oauth',
  tokenUrl: 'https://graph.facebook.com/oauth/access_token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { refreshToken: 'none' },
  refuses: async ({ status, json }) => status === 401 || asRecord(asRecord(await json()).error).code === 190,
})

/** Tokens of users who sign in. There is no refresh token: at the end they have to sign in again. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** App access tokens, for the program itself. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
