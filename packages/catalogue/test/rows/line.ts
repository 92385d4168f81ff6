import * as line from '../../src/line.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: line,
  options: { scopes: ['profile'] },
  endpoints: {
    authorize: 'https://access.line.me/oauth2/v2.1/authorize',
    token: 'https://api.line.me/oauth2/v2.1/token',
    api: ['https://api.line.me', 'https://api-data.line.me'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      authorization: { scope: 'profile' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 2_592_000,
        refresh_token: refreshToken,
        scope: 'profile',
        token_type: 'Bearer',
      }),
      dead: { status: 400, body: { error: 'invalid_grant', error_description: 'invalid refresh token' } },
    },
    clientCredentials: {
      client: 'body',
      options: { scopes: undefined },
      refresh: 'never',
      answer: ({ accessToken }) => ({ token_type: 'Bearer', access_token: accessToken, expires_in: 899 }),
    },
  },
  register: 'https://developers.line.biz/console/',
  traps: [
    'A refresh does not prolong the refresh token: 90 days after the sign-in the person has to sign in again.',
    'The revocation endpoint is not the one of RFC 7009, so a sign-out here does not end the tokens at LINE: call it by yourself.',
    'LINE Login and the Messaging API have separate channels: each grant needs the id and secret of its channel.',
  ],
  notFound: ['how the API answers to an expired access token'],
}
