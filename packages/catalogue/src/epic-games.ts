import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'epic-games',
  title: 'Epic Games',
  documentation: { 'https://dev.epicgames.com/docs/web-api-ref/authentication': '2026-11-29' },
  origins: ['https://api.epicgames.dev'],
  authorizationUrl: 'https://www.epicgames.com/id/authorize',
  tokenUrl: 'https://api.epicgames.dev/epic/oauth/v2/token',
  revocationUrl: 'https://api.epicgames.dev/epic/oauth/v2/revoke',
  lifetimes: { accessToken: 7200 },
})

/** Tokens of users who sign in with their Epic account. `deployment_id` may go into `tokenParameters`. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the program itself. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
