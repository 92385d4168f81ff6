import { asRecord, defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

const data = {
  name: 'x',
  title: 'X',
  documentation: {
    'https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token': '2026-11-29',
    'https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code': '2026-11-29',
    'https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only': '2026-11-29',
    'https://docs.x.com/fundamentals/authentication/oauth-2-0/oauth-1-0a-token-exchange': '2026-11-29',
    'https://docs.x.com/fundamentals/developer-apps': '2026-11-29',
  },
  origins: ['https://api.x.com'],
} as const

export const vendor = /* @__PURE__ */ defineVendor({
  ...data,
  authorizationUrl: 'https://x.com/i/oauth2/authorize',
  tokenUrl: 'https://api.x.com/2/oauth2/token',
  revocationUrl: 'https://api.x.com/2/oauth2/revoke',
  secret: 'optional',
  lifetimes: { rotates: true },
  normalize: ({ grantType, status, body }) => {
    const answer = asRecord(body)
    const isOver = grantType === 'refresh_token' && /token was invalid/.test(String(answer.error_description))
    return { status, body: isOver ? { ...answer, error: 'invalid_grant' } : answer }
  },
})

/**
 * Tokens of users who sign in, for the API v2. Refresh tokens need the scope `offline.access`; a native or
 * single-page app has no client secret.
 */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

const appOnly = /* @__PURE__ */ defineVendor({
  ...data,
  tokenUrl: 'https://api.x.com/oauth2/token',
  lifetimes: { accessToken: 'endless' },
})

/** The app-only bearer token. Client id and secret are the API key and its secret, not those of OAuth 2.0. */
export const clientCredentials = /* @__PURE__ */ appOnly(forProgram)
