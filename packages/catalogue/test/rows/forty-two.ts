import * as fortyTwo from '../../src/forty-two.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: fortyTwo,
  options: { scopes: ['public'] },
  endpoints: {
    authorize: 'https://api.intra.42.fr/oauth/authorize',
    token: 'https://api.intra.42.fr/oauth/token',
    api: ['https://api.intra.42.fr'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'public' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 7200,
        refresh_token: refreshToken,
        scope: 'public',
        created_at: 1_790_000_000,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    clientCredentials: {
      client: 'body',
      required: { scope: 'public' },
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 7200,
        scope: 'public',
        created_at: 1_790_000_000,
      }),
    },
  },
  register: 'https://profile.intra.42.fr/oauth/applications/new',
  traps: [
    'The token answer has `secret_valid_until`: the Unix time until which the secret of the application is good.',
  ],
  notFound: [
    'lifetime of an access token',
    'whether a refresh token rotates',
    'body of the answer to a dead refresh token',
    'an endpoint for revocation',
  ],
}
