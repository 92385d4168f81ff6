import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'strava',
  title: 'Strava',
  documentation: { 'https://developers.strava.com/docs/authentication/': '2026-11-29' },
  origins: ['https://www.strava.com'],
  authorizationUrl: 'https://www.strava.com/oauth/authorize',
  tokenUrl: 'https://www.strava.com/oauth/token',
  clientAuthentication: 'client_secret_post',
  scopeSeparator: ',',
  lifetimes: { accessToken: 21_600, rotates: true },
  normalize: ({ status, body }) => {
    const answer = asRecord(body)
    const isOver = Array.isArray(answer.errors) && asRecord(answer.errors[0]).resource === 'RefreshToken'
    return { status, body: isOver ? { ...answer, error: 'invalid_grant' } : answer }
  },
})

/** Tokens that athletes give by signing in. At least one scope has to be asked for. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
