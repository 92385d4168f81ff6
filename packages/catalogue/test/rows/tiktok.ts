import * as tiktok from '../../src/tiktok.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: tiktok,
  endpoints: {
    authorize: 'https://www.tiktok.com/v2/auth/authorize/',
    token: 'https://open.tiktokapis.com/v2/oauth/token/',
    api: ['https://open.tiktokapis.com'],
  },
  grants: {
    authorizationCode: {
      options: { scopes: ['user.info.basic', 'video.list'] },
      client: 'body',
      refresh: 'rotates',
      required: { client_key: 'client-1' },
      authorization: { client_key: 'client-1', scope: 'user.info.basic,video.list' },
      callback: { scopes: 'user.info.basic,video.list' },
      pkce: false,
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 7200,
        open_id: 'open-1',
        refresh_expires_in: 15_552_000,
        refresh_token: refreshToken,
        scope: 'user.info.basic,video.list',
        token_type: 'Bearer',
      }),
      dead: {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.', log_id: '1' },
      },
      refused: {
        status: 401,
        body: { error: { code: 'access_token_invalid', message: 'The access token is invalid.', log_id: '1' } },
      },
    },
    clientCredentials: {
      client: 'body',
      refresh: 'never',
      required: { client_key: 'client-1' },
      answer: ({ accessToken }) => ({ access_token: accessToken, expires_in: 7200, token_type: 'Bearer' }),
    },
  },
  details: { open_id: 'open-1' },
  register: 'https://developers.tiktok.com/apps/',
  traps: [
    'TikTok calls the client id client_key: it is sent under both names.',
    'Desktop apps need a PKCE challenge in hex, which RFC 7636 does not define: only web apps can sign in.',
    'The revocation endpoint needs the client key: to end access, call POST /v2/oauth/revoke/ yourself.',
  ],
  notFound: ['status of the answer to a dead refresh token', 'that client_id together with client_key is ignored'],
}
