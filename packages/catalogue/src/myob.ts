import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'myob',
  title: 'MYOB',
  documentation: {
    'https://developer.myob.com/api/myob-business-api/api-overview/authentication/': '2026-11-29',
  },
  origins: ['https://api.myob.com'],
  authorizationUrl: 'https://secure.myob.com/oauth2/account/authorize',
  tokenUrl: 'https://secure.myob.com/oauth2/v1/authorize',
  clientAuthentication: 'client_secret_post',
  authorizationParameters: { prompt: 'consent' },
  lifetimes: { accessToken: 1200, rotates: true },
  place: ({ accessToken }, { clientId }) => ({
    headers: {
      authorization: `Bearer ${accessToken}`,
      'x-myobapi-key': String(clientId),
      'x-myobapi-version': 'v2',
    },
  }),
  carries: { headers: ['authorization', 'x-myobapi-key', 'x-myobapi-version'], query: [] },
})

/** Tokens for the company file that an administrator of it chooses while signing in; `details()` has its id as `businessId`. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
