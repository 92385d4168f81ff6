import * as canva from '../../src/canva.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: canva,
  options: { scopes: ['asset:read', 'design:meta:read'] },
  endpoints: {
    authorize: 'https://www.canva.com/api/oauth/authorize',
    token: 'https://api.canva.com/rest/v1/oauth/token',
    revoke: 'https://api.canva.com/rest/v1/oauth/revoke',
    api: ['https://api.canva.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: 'asset:read design:meta:read', code_challenge_method: 'S256' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'Bearer',
        expires_in: 14_400,
        scope: 'asset:read design:meta:read',
      }),
      dead: { status: 400, body: { code: 'invalid_grant', message: 'Invalid refresh token' } },
    },
  },
  register: 'https://www.canva.com/developers/integrations/connect-api',
  traps: [
    "The reference has the token and revocation endpoints under https://api.canva.com/rest/v1/oauth; Canva's OpenAPI file of August 2026 calls these deprecated for https://api.canva.com/auth/v1/oauth: give `tokenUrl` and `revocationUrl` when they close.",
    'The token endpoint refuses browsers: the sign-in has to be completed by a server.',
    'Revoking a refresh token also ends the consent: the user has to sign in again.',
    'Access tokens are up to 4 KB long.',
  ],
  notFound: ['lifetime of a refresh token', 'whether the refresh token that was used ends'],
}
