import * as zoom from '../../src/zoom.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: zoom,
  endpoints: {
    authorize: 'https://zoom.us/oauth/authorize',
    token: 'https://zoom.us/oauth/token',
    device: 'https://zoom.us/oauth/devicecode',
    revoke: 'https://zoom.us/oauth/revoke',
    api: ['https://api.zoom.us'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        refresh_token: refreshToken,
        expires_in: 3600,
        scope: 'user:read:user',
        api_url: 'https://api.zoom.us',
      }),
      dead: { status: 400, body: { reason: 'Invalid Token!', error: 'invalid_grant' } },
    },
    deviceCode: {
      client: 'basic',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        refresh_token: refreshToken,
        expires_in: 3600,
        scope: 'user:read:user',
        api_url: 'https://api.zoom.us',
      }),
      dead: { status: 400, body: { reason: 'Invalid Token!', error: 'invalid_grant' } },
    },
    accountCredentials: {
      client: 'basic',
      grantType: 'account_credentials',
      options: { accountId: 'account-1' },
      required: { account_id: 'account-1' },
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'bearer', expires_in: 3600 }),
    },
  },
  details: { api_url: 'https://api.zoom.us' },
  register: 'https://marketplace.zoom.us/develop/create',
  traps: [
    'A refresh ends the refresh token that was used: keep the one that came last.',
    'The device flow is for private apps only, and Zoom has to enable it for the account.',
    'A Server-to-Server OAuth app has no refresh token, and its tokens stop when the app is deactivated.',
  ],
  notFound: ['lifetime of a refresh token', 'grace period of a refresh token that was used'],
}
