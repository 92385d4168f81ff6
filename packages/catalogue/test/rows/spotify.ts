import * as spotify from '../../src/spotify.ts'
import type { Row } from '../row.ts'

const REFUSED = { status: 401, body: { error: { status: 401, message: 'The access token expired' } } }

export const row: Row = {
  module: spotify,
  endpoints: {
    authorize: 'https://accounts.spotify.com/authorize',
    token: 'https://accounts.spotify.com/api/token',
    api: ['https://api.spotify.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'keeps',
      options: { scopes: ['user-read-private', 'user-read-email'] },
      authorization: { scope: 'user-read-private user-read-email' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        scope: 'user-read-private user-read-email',
        expires_in: 3600,
        ...(!refreshed && { refresh_token: refreshToken }),
      }),
      dead: { status: 400, body: { error: 'invalid_grant', error_description: 'Refresh token revoked' } },
      refused: REFUSED,
    },
    clientCredentials: {
      client: 'basic',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'Bearer', expires_in: 3600 }),
      refused: REFUSED,
    },
  },
  register: 'https://developer.spotify.com/dashboard',
  traps: [
    'A refresh token ends 6 months after the user has signed in, even if it is used: ask the user to sign in again before that.',
    'Without a secret a refresh may give another refresh token, after which the one that was used is dead.',
    'The redirect URI has to be one of those in the settings of the app.',
  ],
  notFound: ['an endpoint that takes a token back'],
}
