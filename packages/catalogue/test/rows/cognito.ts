import * as cognito from '../../src/cognito.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: cognito,
  options: { domain: 'boats.auth.eu-west-1.amazoncognito.com' },
  endpoints: {
    authorize: 'https://boats.auth.eu-west-1.amazoncognito.com/oauth2/authorize',
    token: 'https://boats.auth.eu-west-1.amazoncognito.com/oauth2/token',
    revoke: 'https://boats.auth.eu-west-1.amazoncognito.com/oauth2/revoke',
    api: ['https://boats.auth.eu-west-1.amazoncognito.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      options: { scopes: ['openid', 'profile'] },
      refresh: 'keeps',
      authorization: { scope: 'openid profile', code_challenge_method: 'S256' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        id_token: 'e30.e30.c2ln',
        ...(!refreshed && { refresh_token: refreshToken }),
        token_type: 'Bearer',
        expires_in: 3600,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    clientCredentials: {
      client: 'basic',
      options: { scopes: ['boats.example.com/read'] },
      required: { scope: 'boats.example.com/read' },
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'Bearer', expires_in: 3600 }),
    },
  },
  register: 'https://console.aws.amazon.com/cognito/home',
  traps: [
    'One app client cannot have both the grant "Client credentials" and the grant "Authorization code".',
    'Tokens for your API go to its host: give it as `baseUrl`.',
    'Only a refresh token can be revoked, and only where token revocation is on in the app client.',
    'How long tokens live and whether a refresh token rotates are settings of the app client.',
  ],
  notFound: [],
}
