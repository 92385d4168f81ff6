import * as naver from '../../src/naver.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: naver,
  endpoints: {
    authorize: 'https://nid.naver.com/oauth2.0/authorize',
    token: 'https://nid.naver.com/oauth2.0/token',
    revoke: 'https://nid.naver.com/oauth2.0/revoke',
    api: ['https://openapi.naver.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        ...(!refreshed && { refresh_token: refreshToken }),
        token_type: 'bearer',
        expires_in: '3600',
      }),
      dead: { status: 200, body: { error: 'invalid_request', error_description: 'invalid refresh_token' } },
      refused: { status: 401, body: { resultcode: '024', message: 'Authentication failed' } },
    },
  },
  traps: ['The revocation of one token ends the other token of the pair too.'],
  notFound: [
    'lifetime of a refresh token',
    'text of the answer to a dead refresh token, which is as public programs show it',
    'whether the token endpoint insists on the state that its documentation asks for',
    'whether PKCE is looked at',
  ],
}
