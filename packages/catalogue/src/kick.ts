import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'kick',
  title: 'Kick',
  documentation: {
    'https://docs.kick.com/getting-started/generating-tokens-oauth2-flow': '2026-11-29',
    'https://github.com/KickEngineering/KickDevDocs/blob/main/getting-started/generating-tokens-oauth2-flow.md':
      '2026-11-29',
    'https://github.com/KickEngineering/KickDevDocs/blob/main/getting-started/kick-apps-setup.md': '2026-11-29',
    'https://github.com/KickEngineering/KickDevDocs/issues/239': '2026-11-29',
  },
  origins: ['https://api.kick.com'],
  authorizationUrl: 'https://id.kick.com/oauth/authorize',
  tokenUrl: 'https://id.kick.com/oauth/token',
  clientAuthentication: 'client_secret_post',
})

/** Tokens of users who sign in. Kick requires PKCE. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the app itself, for public data. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
