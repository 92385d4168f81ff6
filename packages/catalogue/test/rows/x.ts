import * as x from '../../src/x.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: x,
  options: { scopes: ['tweet.read', 'users.read', 'offline.access'] },
  endpoints: {
    authorize: 'https://x.com/i/oauth2/authorize',
    token: 'https://api.x.com/2/oauth2/token',
    revoke: 'https://api.x.com/2/oauth2/revoke',
    api: ['https://api.x.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: 'tweet.read users.read offline.access' },
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'bearer',
        expires_in: 7200,
        access_token: accessToken,
        scope: 'tweet.read users.read offline.access',
        refresh_token: refreshToken,
      }),
      dead: {
        status: 400,
        body: { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' },
      },
    },
    clientCredentials: {
      client: 'basic',
      refresh: 'never',
      answer: ({ accessToken }) => ({ token_type: 'bearer', access_token: accessToken }),
      refused: { status: 401, body: { errors: [{ message: 'Invalid or expired token', code: 89 }] } },
    },
  },
  register: 'https://console.x.com',
  traps: [
    'Without the scope `offline.access` there is no refresh token, and a sign-in ends after two hours.',
    'A web app and an automated app have a client secret, a native and a single-page app have none: give `clientSecret` accordingly.',
    'The app-only token is the same at each request until it is invalidated, and too many requests for it are refused with 403.',
    'An authorization code is valid for 30 seconds, a refresh token for about 6 months.',
  ],
  notFound: ['body of the answer to a dead refresh token in the documentation: it is as public programs show it'],
}
