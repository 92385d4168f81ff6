import * as tiltify from '../../src/tiltify.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: tiltify,
  options: { scopes: ['public', 'webhooks:write'] },
  endpoints: {
    authorize: 'https://v5api.tiltify.com/oauth/authorize',
    token: 'https://v5api.tiltify.com/oauth/token',
    api: ['https://v5api.tiltify.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      encoding: 'json',
      refresh: 'keeps',
      authorization: { scope: 'public webhooks:write' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        created_at: '2026-11-29T12:00:00Z',
        expires_in: 7200,
        refresh_token: refreshToken,
        scope: 'public webhooks:write',
        token_type: 'bearer',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    clientCredentials: {
      client: 'body',
      encoding: 'json',
      refresh: 'never',
      required: { scope: 'public webhooks:write' },
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        created_at: '2026-11-29T12:00:00Z',
        expires_in: 7200,
        refresh_token: null,
        scope: 'public webhooks:write',
        token_type: 'bearer',
      }),
    },
  },
  register: 'https://app.tiltify.com/developers',
  traps: ['Paths that begin with /api/private need a scope of their own, such as webhooks:write.'],
  notFound: [
    'whether PKCE is checked',
    'whether a refresh token rotates',
    'lifetime of a refresh token',
    'body of the answer to a dead refresh token',
  ],
}
