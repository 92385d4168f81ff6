import * as yahoo from '../../src/yahoo.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: yahoo,
  endpoints: {
    authorize: 'https://api.login.yahoo.com/oauth2/request_auth',
    token: 'https://api.login.yahoo.com/oauth2/get_token',
    api: ['https://api.login.yahoo.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'keeps',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
        xoauth_yahoo_guid: 'GUID1',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  details: { xoauth_yahoo_guid: 'GUID1' },
  traps: ['What the token may do is chosen at the registration of the app, not only by scopes.'],
  notFound: [
    'body of the answer to a dead refresh token',
    'lifetime of a refresh token, and whether it rotates',
    'an RFC 7009 revocation endpoint',
    'whether a refresh needs the redirect URI that the documented example sends',
    'whether PKCE is checked',
  ],
}
