import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'linear',
  title: 'Linear',
  documentation: { 'https://linear.app/developers/oauth-2-0-authentication': '2026-11-29' },
  origins: ['https://api.linear.app'],
  authorizationUrl: 'https://linear.app/oauth/authorize',
  tokenUrl: 'https://api.linear.app/oauth/token',
  revocationUrl: 'https://api.linear.app/oauth/revoke',
  secret: 'optional',
  clientAuthentication: 'client_secret_post',
  scopeSeparator: ',',
  lifetimes: { rotates: true, grace: 1800 },
})

/** Tokens of users who sign in, for 24 hours each. A public application has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the program itself. Client credentials tokens have to be on in the settings of the application. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
