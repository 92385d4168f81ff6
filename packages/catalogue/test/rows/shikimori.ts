import * as shikimori from '../../src/shikimori.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: shikimori,
  options: { scopes: ['user_rates', 'comments'], tokenHeaders: { 'user-agent': 'Boats' } },
  endpoints: {
    authorize: 'https://shikimori.io/oauth/authorize',
    token: 'https://shikimori.io/oauth/token',
    api: ['https://shikimori.io'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      headers: { 'user-agent': 'Boats' },
      authorization: { scope: 'user_rates comments' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 86_400,
        refresh_token: refreshToken,
        scope: 'user_rates comments',
        created_at: 1_790_000_000,
      }),
      dead: {
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: 'The provided authorization grant is invalid, expired, revoked.',
        },
      },
      refused: {
        status: 401,
        body: {
          error: 'invalid_token',
          error_description: 'The access token is invalid',
          state: 'unauthorized',
        },
      },
    },
  },
  register: 'https://shikimori.io/oauth/applications',
  traps: [
    'Every request, also to the API, needs a User-Agent with the name of the application, and none of a browser: otherwise the IP address may be banned.',
    'The site moved from shikimori.one to shikimori.io: the old host redirects, which a token request does not survive.',
    'The API takes 5 requests a second and 90 a minute.',
  ],
  notFound: ['lifetime of a refresh token', 'whether PKCE is checked'],
}
