import * as kakao from '../../src/kakao.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: kakao,
  options: { scopes: ['account_email', 'talk_message'] },
  endpoints: {
    authorize: 'https://kauth.kakao.com/oauth/authorize',
    token: 'https://kauth.kakao.com/oauth/token',
    api: ['https://kapi.kakao.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      authorization: { scope: 'account_email,talk_message' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        token_type: 'bearer',
        access_token: accessToken,
        expires_in: 21_600,
        ...(!refreshed && {
          refresh_token: refreshToken,
          refresh_token_expires_in: 5_184_000,
          scope: 'account_email talk_message',
        }),
      }),
      dead: {
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: 'expired_or_invalid_refresh_token',
          error_code: 'KOE322',
        },
      },
      refused: { status: 401, body: { msg: 'this access token does not exist', code: -401 } },
    },
  },
  register: 'https://developers.kakao.com/console/app',
  traps: [
    'A refresh gives another refresh token only in the last month of the old one, which ends then.',
    'When a person unlinks the app, all tokens end at once.',
  ],
  notFound: ['whether PKCE is checked', 'status of the answer to a dead refresh token'],
}
