import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'line',
  title: 'LINE',
  documentation: {
    'https://developers.line.biz/en/reference/line-login/': '2026-11-29',
    'https://developers.line.biz/en/docs/basics/channel-access-token/': '2026-11-29',
    'https://github.com/line/line-openapi/blob/main/channel-access-token.yml': '2026-11-29',
  },
  origins: ['https://api.line.me', 'https://api-data.line.me'],
  authorizationUrl: 'https://access.line.me/oauth2/v2.1/authorize',
  tokenUrl: 'https://api.line.me/oauth2/v2.1/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 2_592_000, refreshToken: 7_776_000, rotates: false },
})

/** Tokens of people who sign in with LINE Login. It needs a LINE Login channel whose callback URL is set. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Stateless channel access tokens of a Messaging API channel, for the program itself. They live for 15 minutes. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram, {
  tokenUrl: 'https://api.line.me/oauth2/v3/token',
})
