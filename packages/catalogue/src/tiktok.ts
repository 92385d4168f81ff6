import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'tiktok',
  title: 'TikTok',
  documentation: {
    'https://developers.tiktok.com/doc/oauth-get-a-user-access-token': '2026-11-29',
    'https://developers.tiktok.com/docs/en/oauth-refresh-a-user-access-token': '2026-11-29',
    'https://developers.tiktok.com/docs/zh-Hans/oauth-user-access-token-management': '2026-11-29',
  },
  origins: ['https://open.tiktokapis.com'],
  authorizationUrl: 'https://www.tiktok.com/v2/auth/authorize/',
  tokenUrl: 'https://open.tiktokapis.com/v2/oauth/token/',
  clientAuthentication: 'client_secret_post',
  authorizationParameters: { client_key: '{clientId}' },
  tokenParameters: { client_key: '{clientId}' },
  scopeSeparator: ',',
  lifetimes: { accessToken: 7200, refreshToken: 15_552_000, rotates: true },
})

/** Tokens of users who sign in to a web app. `clientId` is the client key. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn, { pkce: false })

/** Tokens for the program itself, for the Research API and the Commercial Content API. `clientId` is the client key. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
