import * as square from '../../src/square.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: square,
  options: { scopes: ['MERCHANT_PROFILE_READ', 'PAYMENTS_READ'] },
  endpoints: {
    authorize: 'https://connect.squareup.com/oauth2/authorize',
    token: 'https://connect.squareup.com/oauth2/token',
    api: ['https://connect.squareup.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      encoding: 'json',
      refresh: 'keeps',
      pkce: false,
      authorization: { scope: 'MERCHANT_PROFILE_READ PAYMENTS_READ' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        expires_at: refreshed ? '2026-03-02T00:00:00Z' : '2026-01-31T00:00:00Z',
        merchant_id: 'MERCHANT1',
        refresh_token: refreshToken,
        short_lived: false,
        token_type: 'bearer',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
      refused: {
        status: 401,
        body: { errors: [{ category: 'AUTHENTICATION_ERROR', code: 'ACCESS_TOKEN_EXPIRED' }] },
      },
    },
  },
  details: { merchant_id: 'MERCHANT1' },
  register: 'https://developer.squareup.com/apps',
  traps: [
    'With PKCE, by `flow`, a refresh token can be used once and ends after 90 days; with a secret it stays the same and does not end.',
    'Tokens are revoked by a proprietary request, which is not RFC 7009: sign-out only forgets them.',
    'When a seller takes the access back, Square says so by the webhook `oauth.authorization.revoked`: subscribe to it.',
  ],
  notFound: ['body of the answer to a dead refresh token'],
}
