import * as bungie from '../../src/bungie.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: bungie,
  options: { apiKey: 'key-1' },
  endpoints: {
    authorize: 'https://www.bungie.net/en/OAuth/Authorize',
    token: 'https://www.bungie.net/Platform/App/OAuth/token/',
    api: ['https://www.bungie.net'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
        refresh_expires_in: 7_776_000,
        membership_id: '1234567',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
      tokenOf: ({ headers }) =>
        headers['x-api-key'] === 'key-1' ? headers.authorization?.replace('Bearer ', '') : undefined,
    },
  },
  details: { membership_id: '1234567' },
  register: 'https://www.bungie.net/en/Application',
  traps: [
    'Each request needs the API key of the same application as the token.',
    'Scopes and the one redirect URL are set at the application: a request cannot ask for others.',
    'A public application gets no refresh token.',
  ],
  notFound: [
    'lifetime of an access token',
    'lifetime of a refresh token',
    'body of the answer to a dead refresh token',
    'whether PKCE is checked',
  ],
}
