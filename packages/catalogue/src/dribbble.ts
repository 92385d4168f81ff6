import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'dribbble',
  title: 'Dribbble',
  documentation: { 'https://developer.dribbble.com/v1/oauth/': '2026-11-29' },
  origins: ['https://api.dribbble.com'],
  authorizationUrl: 'https://dribbble.com/oauth/authorize',
  tokenUrl: 'https://dribbble.com/oauth/token',
  clientAuthentication: 'client_secret_post',
})

/** Tokens of users who sign in, for their own shots and projects. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
