import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'kakao',
  title: 'Kakao',
  documentation: {
    'https://developers.kakao.com/docs/latest/kakaologin/rest-api': '2026-11-29',
    'https://developers.kakao.com/docs/latest/en/kakaologin/trouble-shooting': '2026-11-29',
    'https://devtalk.kakao.com/t/koe322-expired-or-invalid-refresh-token/126899': '2026-11-29',
  },
  origins: ['https://kapi.kakao.com'],
  authorizationUrl: 'https://kauth.kakao.com/oauth/authorize',
  tokenUrl: 'https://kauth.kakao.com/oauth/token',
  secret: 'optional',
  clientAuthentication: 'client_secret_post',
  scopeSeparator: ',',
  lifetimes: { accessToken: 21_600, refreshToken: 5_184_000 },
  normalize: ({ status, body }) => {
    const answer = asRecord(body)
    const { scope } = answer
    return { status, body: { ...answer, ...(typeof scope === 'string' && { scope: scope.replaceAll(' ', ',') }) } }
  },
})

/** Tokens of users who sign in. The client id is the REST API key of the app; its client secret may be disabled. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
