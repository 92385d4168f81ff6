import * as reddit from '../../src/reddit.ts'
import type { Row } from '../row.ts'

const USER_AGENT = { 'user-agent': 'linux:boats:v1 (by /u/robin)' }

export const row: Row = {
  module: reddit,
  options: { tokenHeaders: USER_AGENT },
  endpoints: {
    authorize: 'https://www.reddit.com/api/v1/authorize',
    token: 'https://www.reddit.com/api/v1/access_token',
    revoke: 'https://www.reddit.com/api/v1/revoke_token',
    api: ['https://oauth.reddit.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'keeps',
      options: { scopes: ['identity', 'read'] },
      headers: USER_AGENT,
      authorization: { duration: 'permanent', scope: 'identity read' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 3600,
        scope: 'identity read',
        ...(!refreshed && { refresh_token: refreshToken }),
      }),
      dead: { status: 400, body: { error: 'invalid_request' } },
    },
    clientCredentials: {
      client: 'basic',
      refresh: 'never',
      headers: USER_AGENT,
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'bearer', expires_in: 3600, scope: '*' }),
    },
    password: {
      client: 'basic',
      refresh: 'never',
      headers: USER_AGENT,
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'bearer', expires_in: 3600, scope: '*' }),
    },
    installedClient: {
      options: { app: 'installed' },
      client: 'basic',
      refresh: 'never',
      grantType: 'https://oauth.reddit.com/grants/installed_client',
      required: { device_id: 'DO_NOT_TRACK_THIS_DEVICE' },
      headers: USER_AGENT,
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 3600,
        device_id: 'DO_NOT_TRACK_THIS_DEVICE',
        scope: '*',
      }),
    },
  },
  register: 'https://www.reddit.com/prefs/apps',
  traps: [
    'The default User-Agent of a library is limited much more: give one that names platform, program, version and your account, in `tokenHeaders` and to the API.',
    'A refresh token that was taken back is answered with status 400 and `invalid_request`, and other errors with status 200.',
    'Without `duration=permanent` there is no refresh token.',
    'A script gets tokens by password for the accounts of its developers only.',
  ],
  notFound: [
    'lifetime of an access token: the source that is published, of 2017, has one hour',
    'whether PKCE is checked',
  ],
}
