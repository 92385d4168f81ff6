import * as whoop from '../../src/whoop.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: whoop,
  endpoints: {
    authorize: 'https://api.prod.whoop.com/oauth/oauth2/auth',
    token: 'https://api.prod.whoop.com/oauth/oauth2/token',
    api: ['https://api.prod.whoop.com'],
  },
  grants: {
    authorizationCode: {
      options: { scopes: ['offline', 'read:profile'] },
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'offline read:profile' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 3600,
        refresh_token: refreshToken,
        scope: 'offline read:profile',
        token_type: 'bearer',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    clientCredentials: {
      client: 'body',
      encoding: 'json',
      refresh: 'never',
      required: { scope: 'whoop-partner/token' },
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'bearer', expires_in: 3600 }),
    },
  },
  register: 'https://developer-dashboard.whoop.com',
  traps: [
    'Without the scope offline there is no refresh token.',
    'The examples send scope=offline with a refresh; it is left out here, which asks for the same scopes again (RFC 6749 §6).',
  ],
  notFound: [
    'whether PKCE is checked',
    'lifetime of an access token other than the one in the examples',
    'lifetime of a refresh token',
    'whether a refresh token that was used ends',
    'body of the answer to a dead refresh token',
  ],
}
