import * as airtable from '../../src/airtable.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: airtable,
  options: { scopes: ['data.records:read', 'schema.bases:read'] },
  endpoints: {
    authorize: 'https://airtable.com/oauth2/v1/authorize',
    token: 'https://airtable.com/oauth2/v1/token',
    api: ['https://api.airtable.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: 'data.records:read schema.bases:read', code_challenge_method: 'S256' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'Bearer',
        scope: 'data.records:read schema.bases:read',
        expires_in: 3600,
        refresh_expires_in: 5_184_000,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://airtable.com/create/oauth',
  traps: [
    'PKCE with S256 is required, also for a client with a secret.',
    'A refresh token works once: two programs that refresh the same one without a common store end the grant.',
  ],
  notFound: [
    'lifetime of an access token',
    'lifetime of a refresh token',
    'grace period of a refresh token that was used',
    'body of the answer to a dead refresh token',
  ],
}
