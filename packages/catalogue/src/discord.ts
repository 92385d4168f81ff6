import {
  defineVendor,
  clientCredentials as forProgram,
  deviceCode as onDevice,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'discord',
  title: 'Discord',
  documentation: {
    'https://docs.discord.com/developers/topics/oauth2': '2026-11-29',
    'https://docs.discord.com/developers/discord-social-sdk/development-guides/account-linking-with-discord':
      '2026-11-29',
    'https://docs.discord.com/developers/discord-social-sdk/development-guides/account-linking-on-consoles':
      '2026-11-29',
  },
  origins: ['https://discord.com'],
  authorizationUrl: 'https://discord.com/oauth2/authorize',
  tokenUrl: 'https://discord.com/api/oauth2/token',
  revocationUrl: 'https://discord.com/api/oauth2/token/revoke',
  deviceAuthorizationUrl: 'https://discord.com/api/v10/oauth2/device/authorize',
  secret: 'optional',
  lifetimes: { accessToken: 604_800 },
})

/** Tokens of users who sign in. An app without a secret has to be a public client in the Developer Portal. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens of users who sign in on another device; for apps with the Discord Social SDK. */
export const deviceCode = /* @__PURE__ */ vendor(onDevice)

/** Tokens for the owner of the app itself, for tests; an app of a team may ask for two scopes only. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
