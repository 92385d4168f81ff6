import * as klaviyo from '../../src/klaviyo.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: klaviyo,
  options: { scopes: ['accounts:read', 'profiles:read'] },
  endpoints: {
    authorize: 'https://www.klaviyo.com/oauth/authorize',
    token: 'https://a.klaviyo.com/oauth/token',
    revoke: 'https://a.klaviyo.com/oauth/revoke',
    api: ['https://a.klaviyo.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'keeps',
      authorization: { scope: 'accounts:read profiles:read', code_challenge_method: 'S256' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
        scope: 'accounts:read profiles:read',
      }),
      dead: { status: 400, body: { error: 'invalid_grant_type' } },
      refused: {
        status: 401,
        body: {
          errors: [{ status: 401, code: 'authentication_failed', title: 'Incorrect authentication credentials.' }],
        },
      },
    },
  },
  register: 'https://www.klaviyo.com/oauth/client',
  traps: [
    'A refresh token that expired or was revoked may be answered with "invalid_grant_type"; it is read here as a grant that has ended.',
    'A refresh token ends after 90 days without use.',
    'The API wants a "revision" header in each request, which the credential does not add.',
    'Token requests to www.klaviyo.com are blocked since 2025-03-31: programs that give URLs have to use a.klaviyo.com.',
  ],
  notFound: [
    'whether a refresh token rotates',
    'when a dead refresh token is answered with "invalid_grant", and when with "invalid_grant_type"',
  ],
}
