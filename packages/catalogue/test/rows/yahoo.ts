import * as yahoo from '../../src/yahoo.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: yahoo,
  endpoints: {
    authorize: 'https://api.login.yahoo.com/oauth2/request_auth',
    token: 'https://api.login.yahoo.com/oauth2/get_token',
    revoke: 'https://api.login.yahoo.com/oauth2/revoke',
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
  register: 'https://developer.yahoo.com/apps/create/',
  traps: [
    'What the token may do is chosen at the registration of the app, not only by scopes.',
    'A refresh may answer with another refresh token, which has to be kept in place of the old one.',
  ],
  notFound: [
    'body of the answer to a dead refresh token',
    'whether a refresh needs the redirect URI that the documented example sends',
    'whether PKCE is checked',
  ],
}
