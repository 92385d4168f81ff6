import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'polar-accesslink',
  title: 'Polar AccessLink',
  documentation: { 'https://github.com/polarofficial/accesslink-example-python': '2026-11-29' },
  origins: ['https://www.polaraccesslink.com'],
  authorizationUrl: 'https://flow.polar.com/oauth2/authorization',
  tokenUrl: 'https://polarremote.com/v2/oauth2/token',
  lifetimes: { refreshToken: 'none' },
})

/** Tokens of users who sign in with their Polar Flow account. There is no refresh token. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
