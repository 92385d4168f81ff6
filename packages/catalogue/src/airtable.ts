import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'airtable',
  title: 'Airtable',
  documentation: {
    'https://airtable.com/developers/web/api/oauth-reference': '2026-11-29',
    'https://github.com/Airtable/oauth-example/blob/main/index.js': '2026-11-29',
  },
  origins: ['https://api.airtable.com'],
  authorizationUrl: 'https://airtable.com/oauth2/v1/authorize',
  tokenUrl: 'https://airtable.com/oauth2/v1/token',
  secret: 'optional',
  lifetimes: { rotates: true },
})

/** Tokens of users who sign in. The scopes have to be selected for the integration, and at least one has to be asked for. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
