import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'yandex',
  title: 'Yandex',
  documentation: {
    'https://yandex.com/dev/id/doc/en/codes/code-url': '2026-11-29',
    'https://yandex.com/dev/id/doc/en/tokens/refresh-client': '2026-11-29',
    'https://yandex.com/dev/id/doc/en/concepts/ya-oauth-intro': '2026-11-29',
    'https://yandex.com/dev/id/doc/dg/reference/request.html': '2026-11-29',
    'https://tech.yandex.com/dev/disk-api/doc/en/concepts/quickstart': '2026-11-29',
  },
  origins: ['https://login.yandex.ru', 'https://cloud-api.yandex.net'],
  authorizationUrl: 'https://oauth.yandex.com/authorize',
  tokenUrl: 'https://oauth.yandex.com/token',
  clientAuthentication: 'client_secret_post',
  place: ({ accessToken }) => ({ headers: { authorization: `OAuth ${accessToken}` } }),
})

/** Tokens of users who sign in. The scopes are those that were chosen when the app was registered. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
