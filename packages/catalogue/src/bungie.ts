import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

/** What a refresh is answered with when the person has to sign in again, under `invalid_request` or `server_error`. */
const OVER: readonly unknown[] = [
  'AuthorizationCodeInvalid',
  'AuthorizationRecordExpired',
  'AuthorizationRecordRevoked',
  'ProvidedTokenNotValidRefreshToken',
  'RefreshTokenExpired',
]

/** WebAuthModuleAsyncFailed, WebAuthRequired, AccessTokenHasExpired. */
const REFUSALS: readonly unknown[] = [22, 99, 2111]

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'bungie',
  title: 'Bungie.net',
  documentation: {
    'https://github.com/Bungie-net/api/wiki/OAuth-Documentation': '2026-11-29',
    'https://github.com/Bungie-net/api/blob/master/openapi.json': '2026-11-29',
    'https://github.com/Bungie-net/api/issues/1231': '2026-11-29',
    'https://github.com/Bungie-net/api/issues/1588': '2026-11-29',
  },
  placeholders: { apiKey: { is: 'segment', about: 'the API key of the application' } },
  origins: ['https://www.bungie.net'],
  authorizationUrl: 'https://www.bungie.net/en/OAuth/Authorize',
  tokenUrl: 'https://www.bungie.net/Platform/App/OAuth/token/',
  scopeFormat: 'omit',
  secret: 'optional',
  lifetimes: { refreshToken: 7_776_000 },
  normalize: ({ grantType, status, body }) => {
    const answer = asRecord(body)
    const isOver = grantType === 'refresh_token' && OVER.includes(answer.error_description)
    return { status, body: isOver ? { ...answer, error: 'invalid_grant' } : answer }
  },
  place: ({ accessToken }, { apiKey }) => ({
    headers: { authorization: `Bearer ${accessToken}`, 'x-api-key': String(apiKey) },
  }),
  carries: { headers: ['authorization', 'x-api-key'], query: [] },
  refuses: async ({ status, json }) => status === 401 || REFUSALS.includes(asRecord(await json()).ErrorCode),
})

/** Tokens of users who sign in. The scopes are those of the application; a public one gets no refresh token. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
