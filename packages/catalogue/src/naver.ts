import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'naver',
  title: 'Naver',
  documentation: {
    'https://developers.naver.com/docs/login/api/api.md': '2026-11-29',
    'https://developers.naver.com/docs/login/devguide/devguide.md': '2026-11-29',
  },
  origins: ['https://openapi.naver.com'],
  authorizationUrl: 'https://nid.naver.com/oauth2.0/authorize',
  tokenUrl: 'https://nid.naver.com/oauth2.0/token',
  revocationUrl: 'https://nid.naver.com/oauth2.0/revoke',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 3600, rotates: false },
  normalize: ({ grantType, status, body }) => {
    const answer = asRecord(body)
    const isOver = grantType === 'refresh_token' && /refresh_token/.test(String(answer.error_description))
    return { status, body: isOver ? { ...answer, error: 'invalid_grant' } : answer }
  },
})

/** Tokens of users who sign in. What they may be used for is set in the settings of the application; the scopes are those of OpenID Connect. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
