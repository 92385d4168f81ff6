import * as linear from '../../src/linear.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: linear,
  options: { scopes: ['read', 'write'] },
  endpoints: {
    authorize: 'https://linear.app/oauth/authorize',
    token: 'https://api.linear.app/oauth/token',
    revoke: 'https://api.linear.app/oauth/revoke',
    api: ['https://api.linear.app'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'read,write' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 86_399,
        scope: 'read write',
        refresh_token: refreshToken,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
      revocationClient: 'any',
    },
    clientCredentials: {
      client: 'body',
      required: { scope: 'read,write' },
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 2_591_999,
        scope: 'read write',
      }),
      revocationClient: 'any',
    },
  },
  traps: ['An application made before 1 October 2025 may have no refresh tokens: switch them on in its settings.'],
  notFound: [
    'body of the answer to a dead refresh token',
    'lifetime of a refresh token',
    'what ends a token for the program itself early',
    'whether the revocation endpoint looks at the client',
  ],
}
