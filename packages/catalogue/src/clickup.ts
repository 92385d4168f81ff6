import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'clickup',
  title: 'ClickUp',
  documentation: {
    'https://developer.clickup.com/docs/authentication': '2026-11-29',
    'https://developer.clickup.com/docs/common_errors': '2026-11-29',
  },
  origins: ['https://api.clickup.com'],
  authorizationUrl: 'https://app.clickup.com/api',
  tokenUrl: 'https://api.clickup.com/api/v2/oauth/token',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
})

/** Tokens that people give for the Workspaces that they choose. An owner or admin of a Workspace creates the app. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
