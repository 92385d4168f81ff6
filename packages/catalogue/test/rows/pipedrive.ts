import * as pipedrive from '../../src/pipedrive.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: pipedrive,
  endpoints: {
    authorize: 'https://oauth.pipedrive.com/oauth/authorize',
    token: 'https://oauth.pipedrive.com/oauth/token',
    revoke: 'https://oauth.pipedrive.com/oauth/revoke',
    api: ['https://*.pipedrive.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'keeps',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        refresh_token: refreshToken,
        scope: 'base,deals:read',
        expires_in: 3600,
        api_domain: 'https://boats.pipedrive.com',
      }),
      dead: {
        status: 400,
        body: { success: false, message: 'Invalid grant: refresh token is invalid', error: 'invalid_grant' },
      },
    },
  },
  details: { api_domain: 'https://boats.pipedrive.com' },
  register: 'https://app.pipedrive.com/developer-hub',
  traps: [
    'The API of a company is on the host that the answer names as `api_domain`: call that one.',
    'Scopes are chosen in the settings of the app, not in the authorization request.',
    'Taking back the refresh token uninstalls the app from the account.',
  ],
  notFound: ['lifetime of an access token', 'whether a refresh token rotates', 'whether PKCE is checked'],
}
