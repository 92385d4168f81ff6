import * as wrike from '../../src/wrike.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: wrike,
  options: { scopes: ['Default', 'wsReadWrite'] },
  endpoints: {
    authorize: 'https://login.wrike.com/oauth2/authorize/v4',
    token: 'https://login.wrike.com/oauth2/token',
    api: ['https://*.wrike.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'Default,wsReadWrite' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'bearer',
        expires_in: 3600,
        host: 'app-eu.wrike.com',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
      refused: {
        status: 401,
        body: { error: 'not_authorized', errorDescription: 'Access token is unknown or invalid' },
      },
    },
  },
  details: { host: 'app-eu.wrike.com' },
  traps: ['The API of an account is at the host that the token answer names: `https://{host}/api/v4`.'],
  notFound: [
    'body of the answer to a dead refresh token',
    'lifetime of a refresh token',
    'whether a refresh ends the refresh token that was used',
    'an RFC 7009 revocation endpoint',
    'whether PKCE is checked',
  ],
}
