import * as coinbase from '../../src/coinbase.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: coinbase,
  options: { scopes: ['wallet:accounts:read', 'offline_access'] },
  endpoints: {
    authorize: 'https://login.coinbase.com/oauth2/auth',
    token: 'https://login.coinbase.com/oauth2/token',
    api: ['https://api.coinbase.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'wallet:accounts:read,offline_access' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
        scope: 'wallet:accounts:read offline_access',
      }),
      dead: { status: 401, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://portal.cdp.coinbase.com/projects/api-keys/oauth',
  traps: [
    'New clients are given to approved partners only, and the page says that their creation is switched off for now.',
    'The endpoint that revokes a token wants the access token as its own authorization too, which is not RFC 7009: `signOut()` forgets the tokens and does not revoke them.',
    'A refresh token may be used once; when the answer to a refresh is lost, the person has to sign in again.',
  ],
  notFound: ['body of the answer to a dead refresh token: its status is 401', 'what separates the scopes of an answer'],
}
