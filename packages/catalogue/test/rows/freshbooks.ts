import * as freshbooks from '../../src/freshbooks.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: freshbooks,
  options: { scopes: ['user:profile:read', 'user:clients:read'] },
  endpoints: {
    authorize: 'https://auth.freshbooks.com/oauth/authorize',
    token: 'https://api.freshbooks.com/auth/oauth/token',
    revoke: 'https://api.freshbooks.com/auth/oauth/revoke',
    api: ['https://api.freshbooks.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      encoding: 'json',
      refresh: 'rotates',
      authorization: { scope: 'user:profile:read user:clients:read' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 43_200,
        refresh_token: refreshToken,
        scope: 'user:profile:read user:clients:read',
        created_at: 1_790_000_000,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://my.freshbooks.com/#/developer',
  traps: [
    'A refresh token can be used only once: keep the one that came last.',
    'A redirect URI has to be https and must not have a query: what the program needs to know goes into `state`.',
  ],
  notFound: [
    'body of the answer to a dead refresh token',
    'whether PKCE is checked',
    "whether a refresh needs the redirect URI that FreshBooks' own SDK sends",
    'whether the revocation endpoint takes a form, as RFC 7009 says',
  ],
}
