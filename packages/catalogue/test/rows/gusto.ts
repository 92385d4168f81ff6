import * as gusto from '../../src/gusto.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: gusto,
  options: { environment: 'demo' },
  endpoints: {
    authorize: 'https://api.gusto-demo.com/oauth/authorize',
    token: 'https://api.gusto-demo.com/oauth/token',
    api: ['https://api.gusto-demo.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      encoding: 'json',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 7200,
        created_at: 1_790_000_000,
        refresh_token: refreshToken,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    systemAccess: {
      client: 'body',
      encoding: 'json',
      grantType: 'system_access',
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 7200,
        created_at: 1_790_000_000,
      }),
    },
  },
  traps: ['The companies of the demo environment are not those of production: give "environment".'],
  notFound: [
    'lifetime of a refresh token',
    'body of the answer to a dead refresh token',
    'whether PKCE is checked',
    'revocation endpoint',
    'when a refresh token that was used ends',
  ],
}
