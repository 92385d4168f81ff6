import * as dropbox from '../../src/dropbox.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: dropbox,
  options: { scopes: ['account_info.read', 'files.metadata.read'] },
  endpoints: {
    authorize: 'https://www.dropbox.com/oauth2/authorize',
    token: 'https://api.dropboxapi.com/oauth2/token',
    api: ['https://api.dropboxapi.com', 'https://content.dropboxapi.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'keeps',
      authorization: { scope: 'account_info.read files.metadata.read', token_access_type: 'offline' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 14_400,
        ...(!refreshed && {
          refresh_token: refreshToken,
          scope: 'account_info.read files.metadata.read',
          uid: '1234',
          account_id: 'dbid:boats',
        }),
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
      refused: {
        status: 401,
        body: { error_summary: 'expired_access_token/', error: { '.tag': 'expired_access_token' } },
      },
    },
  },
  details: { account_id: 'dbid:boats' },
  register: 'https://www.dropbox.com/developers/apps/create',
  traps: [
    "Only `token_access_type: 'offline'`, which is set here, gives a refresh token; the token that the App Console makes has none.",
    'Tokens are revoked by /2/auth/token/revoke with the token itself, which is not RFC 7009: `signOut()` forgets the tokens only.',
    'The scopes have to be switched on in the App Console before people sign in; a token keeps the scopes that it was given with.',
  ],
  notFound: ['lifetime of a refresh token', 'body of the answer to a dead refresh token'],
}
