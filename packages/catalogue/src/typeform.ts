import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'typeform',
  title: 'Typeform',
  documentation: {
    'https://www.typeform.com/developers/mcp/core-concepts/': '2026-11-29',
    'https://github.com/Typeform/js-api-client/issues/53': '2026-11-29',
  },
  variants: {
    dataCenter: {
      'api.typeform.com': {},
      'api.eu.typeform.com': { origins: ['https://api.eu.typeform.com'] },
    },
  },
  origins: ['https://api.typeform.com'],
  authorizationUrl: 'https://api.typeform.com/oauth/authorize',
  tokenUrl: 'https://api.typeform.com/oauth/token',
  clientAuthentication: 'client_secret_post',
  scopes: ['offline'],
})

/** Tokens of users who sign in. `dataCenter` is the host of the API for their account. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
