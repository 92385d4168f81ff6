import * as asana from '../../src/asana.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: asana,
  options: { scopes: ['default'] },
  endpoints: {
    authorize: 'https://app.asana.com/-/oauth_authorize',
    token: 'https://app.asana.com/-/oauth_token',
    revoke: 'https://app.asana.com/-/oauth_revoke',
    api: ['https://app.asana.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      authorization: { scope: 'default', code_challenge_method: 'S256' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        expires_in: 3600,
        token_type: 'bearer',
        ...(!refreshed && { refresh_token: refreshToken }),
        data: { id: '1200000000000001', name: 'Robin', email: 'robin@example.com' },
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  details: { data: { id: '1200000000000001', name: 'Robin', email: 'robin@example.com' } },
  register: 'https://app.asana.com/0/developer-console',
  traps: [
    'Only a refresh token can be revoked: the revocation endpoint answers 400 to an access token.',
    'The redirect URI has to be https, except `urn:ietf:wg:oauth:2.0:oob` of programs on a desktop.',
  ],
  notFound: ['lifetime of a refresh token', 'body of the answer to a dead refresh token'],
}
