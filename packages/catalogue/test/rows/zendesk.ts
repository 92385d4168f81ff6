import * as zendesk from '../../src/zendesk.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: zendesk,
  options: { subdomain: 'boats', scopes: ['read'] },
  endpoints: {
    authorize: 'https://boats.zendesk.com/oauth/authorizations/new',
    token: 'https://boats.zendesk.com/oauth/tokens',
    api: ['https://boats.zendesk.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      encoding: 'json',
      refresh: 'rotates',
      authorization: { scope: 'read' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'bearer',
        scope: 'read',
        expires_in: 1800,
        refresh_token_expires_in: 2_592_000,
      }),
      dead: {
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: 'The provided access grant is invalid, expired, or revoked',
        },
      },
    },
    clientCredentials: {
      client: 'body',
      encoding: 'json',
      required: { scope: 'read' },
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        scope: 'read',
        expires_in: 1800,
      }),
    },
  },
  register:
    'https://support.zendesk.com/hc/en-us/articles/4408845965210-Using-OAuth-authentication-with-your-application',
  traps: [
    'A client of one account is not known to another: a program for many accounts has to ask Zendesk for a global OAuth client.',
    'A refresh ends the access token and the refresh token that it replaces at once.',
    'Without `expires_in` (300 to 172,800 seconds) in the token request the reference promises no end of an access token: give it as `tokenParameters`; global clients have had expiring tokens only since 2026.',
  ],
  notFound: [
    'lifetime of an access token: the token request chooses it',
    'lifetime of a client credentials token',
    'an RFC 7009 revocation endpoint',
  ],
}
