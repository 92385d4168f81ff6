import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'roblox',
  title: 'Roblox',
  documentation: {
    'https://create.roblox.com/docs/cloud/auth/oauth2-reference': '2026-11-29',
    'https://create.roblox.com/docs/cloud/auth/oauth2-develop': '2026-11-29',
    'https://create.roblox.com/docs/cloud/auth/oauth2-registration': '2026-11-29',
  },
  origins: ['https://apis.roblox.com'],
  authorizationUrl: 'https://apis.roblox.com/oauth/v1/authorize',
  tokenUrl: 'https://apis.roblox.com/oauth/v1/token',
  revocationUrl: 'https://apis.roblox.com/oauth/v1/token/revoke',
  secret: 'optional',
  lifetimes: { accessToken: 900, refreshToken: 7_776_000, rotates: true },
})

/** Tokens of users who sign in. A public client has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
