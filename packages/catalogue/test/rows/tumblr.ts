import * as tumblr from '../../src/tumblr.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: tumblr,
  endpoints: {
    authorize: 'https://www.tumblr.com/oauth2/authorize',
    token: 'https://api.tumblr.com/v2/oauth2/token',
    api: ['https://api.tumblr.com'],
  },
  grants: {
    authorizationCode: {
      options: { scopes: ['write', 'offline_access'] },
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'write offline_access' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 2520,
        id_token: false,
        refresh_token: refreshToken,
        scope: 'write offline_access',
        token_type: 'bearer',
      }),
      dead: { status: 401, body: { meta: { status: 401, msg: 'Unauthorized' }, response: [] } },
      refused: { status: 401, body: { meta: { status: 401, msg: 'Unauthorized' }, response: [] } },
    },
    clientCredentials: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, expires_in: 2520, token_type: 'bearer' }),
    },
  },
  register: 'https://www.tumblr.com/oauth/apps',
  traps: [
    'Without the scope offline_access there is no refresh token.',
    'Every request needs a User-Agent header that stays the same, or Tumblr may suspend the application: give it in tokenHeaders too.',
    'The redirect URI may be left out at Tumblr where one is registered, but it is always sent: it has to be one of the registered ones.',
  ],
  notFound: [
    'whether PKCE is checked',
    'lifetime of an access token other than the one in the example',
    'whether a refresh token that was used ends',
    'answer to client credentials',
  ],
}
