import * as kick from '../../src/kick.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: kick,
  endpoints: {
    authorize: 'https://id.kick.com/oauth/authorize',
    token: 'https://id.kick.com/oauth/token',
    api: ['https://api.kick.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      options: { scopes: ['user:read', 'chat:write'] },
      refresh: 'rotates',
      authorization: { scope: 'user:read chat:write', code_challenge_method: 'S256' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        refresh_token: refreshToken,
        expires_in: 7200,
        scope: 'user:read chat:write',
      }),
      dead: {
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: 'The provided authorization grant or refresh token is invalid, expired, revoked.',
        },
      },
    },
    clientCredentials: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'Bearer', expires_in: 7200 }),
    },
  },
  register: 'https://kick.com/settings/developer',
  traps: [
    'An account needs two-factor authentication before it can register an app.',
    'A redirect URI on 127.0.0.1 does not match, because the sign-in page changes the address to localhost: use localhost.',
    'The revocation endpoint takes the token in the query, which is not RFC 7009: signing out does not end the tokens at Kick.',
  ],
  notFound: [
    'lifetimes',
    'status of the answer to a dead refresh token',
    'whether a refresh token that was used ends at once',
  ],
}
