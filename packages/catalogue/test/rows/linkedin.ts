import * as linkedin from '../../src/linkedin.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: linkedin,
  options: { scopes: ['r_basicprofile'] },
  endpoints: {
    authorize: 'https://www.linkedin.com/oauth/v2/authorization',
    token: 'https://www.linkedin.com/oauth/v2/accessToken',
    api: ['https://api.linkedin.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      pkce: false,
      refresh: 'keeps',
      authorization: { scope: 'r_basicprofile' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 5_184_000,
        refresh_token: refreshToken,
        refresh_token_expires_in: 31_536_000,
        scope: 'r_basicprofile',
      }),
      dead: {
        status: 400,
        body: {
          error: 'invalid_request',
          error_description: 'The provided authorization grant or refresh token is invalid, expired or revoked',
        },
      },
    },
    clientCredentials: {
      client: 'body',
      options: { scopes: undefined },
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, expires_in: '1800' }),
    },
  },
  register: 'https://www.linkedin.com/developers/apps/new',
  traps: [
    'Without approval for programmatic refresh tokens there is no refresh token, and people sign in again after 60 days.',
    'A code_verifier makes the token endpoint refuse the client: PKCE is only for native applications, at another authorization URL.',
    'A refresh does not prolong the refresh token: a year after the sign-in the member has to sign in again.',
  ],
  notFound: ['a revocation endpoint'],
}
