import * as osu from '../../src/osu.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: osu,
  options: { scopes: ['public', 'identify'] },
  endpoints: {
    authorize: 'https://osu.ppy.sh/oauth/authorize',
    token: 'https://osu.ppy.sh/oauth/token',
    api: ['https://osu.ppy.sh'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'public identify' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 86_400,
        refresh_token: refreshToken,
        token_type: 'Bearer',
      }),
      dead: {
        status: 401,
        body: {
          error: 'invalid_request',
          error_description: 'The refresh token is invalid.',
          hint: 'Token has been revoked',
          message: 'The refresh token is invalid.',
        },
      },
    },
    clientCredentials: {
      client: 'body',
      options: { scopes: ['public'] },
      required: { scope: 'public' },
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, expires_in: 86_400, token_type: 'Bearer' }),
    },
  },
  register: 'https://osu.ppy.sh/home/account/edit#new-oauth-application',
  traps: [
    'A refresh token ends 3 months after it was given.',
    'A refresh with fewer scopes loses the others permanently.',
    'The end of a token is a request of the API (DELETE /api/v2/oauth/tokens/current): a sign-out here does not end it at osu!.',
  ],
  notFound: [
    'body of the answer to a dead refresh token in the documentation: it is as the server library that osu! uses writes it',
    'whether PKCE is looked at',
  ],
}
