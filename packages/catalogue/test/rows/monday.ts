import * as monday from '../../src/monday.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: monday,
  options: { scopes: ['boards:read', 'users:read'] },
  endpoints: {
    authorize: 'https://auth.monday.com/oauth2/authorize',
    token: 'https://auth.monday.com/oauth_ms/oauth/token',
    revoke: 'https://auth.monday.com/oauth_ms/oauth/revoke',
    api: ['https://api.monday.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      encoding: 'json',
      refresh: 'rotates',
      authorization: { scope: 'boards:read users:read' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'Bearer',
        scope: 'boards:read users:read',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://monday.com/developers/apps',
  traps: [
    'The answer names no lifetime: it is in the access token, which is a JWT.',
    'Apps without OAuth 2.1 have another token endpoint, whose tokens do not expire and are refused from API version 2027-04 on: switch the new flow on in a draft version and promote it.',
  ],
  notFound: [
    'lifetime of an access token outside the migration endpoint',
    'lifetime of a refresh token',
    'body of the answer to a dead refresh token',
  ],
}
