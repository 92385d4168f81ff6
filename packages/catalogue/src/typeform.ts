import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'typeform',
  title: 'Typeform',
  documentation: {
    'https://www.typeform.com/developers/get-started/applications/': '2026-11-29',
    'https://www.typeform.com/developers/get-started/scopes/': '2026-11-29',
    'https://www.typeform.com/developers/mcp/core-concepts/': '2026-11-29',
  },
  variants: {
    dataCenter: {
      'api.typeform.com': {},
      'api.eu.typeform.com': { origins: ['https://api.eu.typeform.com'] },
      'api.typeform.eu': {
        origins: ['https://api.typeform.eu'],
        authorizationUrl: 'https://api.typeform.eu/oauth/authorize',
        tokenUrl: 'https://api.typeform.eu/oauth/token',
      },
    },
  },
  origins: ['https://api.typeform.com'],
  authorizationUrl: 'https://api.typeform.com/oauth/authorize',
  tokenUrl: 'https://api.typeform.com/oauth/token',
  clientAuthentication: 'client_secret_post',
  scopes: ['offline'],
  lifetimes: { rotates: true },
})

/** Tokens that people give by signing in. `dataCenter` is the host of the API for their account. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
