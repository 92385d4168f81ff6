import * as miro from '../../src/miro.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: miro,
  endpoints: {
    authorize: 'https://miro.com/oauth/authorize',
    token: 'https://api.miro.com/v1/oauth/token',
    api: ['https://api.miro.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'bearer',
        team_id: '12',
        access_token: accessToken,
        refresh_token: refreshToken,
        scope: 'boards:write boards:read identity:read',
        expires_in: 3600,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  details: { team_id: '12' },
  register: 'https://miro.com/app/settings/user-profile/apps',
  traps: [
    'Whether tokens expire is chosen when the app is created and cannot be changed: without it there is no refresh token.',
    'A refresh ends the access token and the refresh token that it replaces at once.',
  ],
  notFound: [
    'body of the answer to a dead refresh token',
    'an RFC 7009 revocation endpoint',
    'whether PKCE is checked',
  ],
}
