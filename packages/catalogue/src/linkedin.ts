import { asRecord, defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'linkedin',
  title: 'LinkedIn',
  documentation: {
    'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow': '2026-11-29',
    'https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens': '2026-11-29',
    'https://learn.microsoft.com/en-us/linkedin/shared/authentication/authentication': '2026-11-29',
  },
  origins: ['https://api.linkedin.com'],
  authorizationUrl: 'https://www.linkedin.com/oauth/v2/authorization',
  tokenUrl: 'https://www.linkedin.com/oauth/v2/accessToken',
  clientAuthentication: 'client_secret_post',
  pkce: false,
  lifetimes: { accessToken: 5_184_000, refreshToken: 31_536_000, rotates: false },
  normalize: ({ grantType, status, body }) => {
    const answer = asRecord(body)
    const isOver = grantType === 'refresh_token' && /refresh token is invalid/.test(String(answer.error_description))
    return { status, body: isOver ? { ...answer, error: 'invalid_grant' } : answer }
  },
})

/** Tokens that members give by signing in. Refresh tokens come only to applications that LinkedIn has approved for them. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the program itself. LinkedIn has to permit this flow for the application. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
