import * as twitch from '../../src/twitch.ts'
import type { Rules } from '../imitation.ts'
import type { Row } from '../row.ts'

const dead = { status: 400, body: { error: 'Bad Request', status: 400, message: 'Invalid refresh token' } }
const refused = { status: 401, body: { error: 'Unauthorized', status: 401, message: 'Invalid OAuth token' } }
const tokenOf: Rules['tokenOf'] = ({ headers }) =>
  headers['client-id'] === 'client-1' ? headers.authorization?.replace('Bearer ', '') : undefined

const POLLS = { scopes: 'channel:manage:polls channel:read:polls' }

export const row: Row = {
  module: twitch,
  endpoints: {
    authorize: 'https://id.twitch.tv/oauth2/authorize',
    token: 'https://id.twitch.tv/oauth2/token',
    device: 'https://id.twitch.tv/oauth2/device',
    api: ['https://api.twitch.tv'],
  },
  grants: {
    authorizationCode: {
      options: { scopes: ['channel:manage:polls', 'channel:read:polls'] },
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'channel:manage:polls channel:read:polls' },
      callback: { scope: 'channel:manage:polls channel:read:polls' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 14_124,
        refresh_token: refreshToken,
        scope: ['channel:manage:polls', 'channel:read:polls'],
        token_type: 'bearer',
      }),
      dead,
      tokenOf,
      refused,
    },
    clientCredentials: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, expires_in: 5_011_271, token_type: 'bearer' }),
      tokenOf,
      refused,
    },
    deviceCode: {
      options: { authorizationParameters: POLLS, tokenParameters: POLLS },
      required: POLLS,
      client: 'id',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 14_124,
        refresh_token: refreshToken,
        scope: ['channel:manage:polls', 'channel:read:polls'],
        token_type: 'bearer',
      }),
      dead,
      tokenOf,
      refused,
    },
  },
  register: 'https://dev.twitch.tv/console/apps',
  traps: [
    'The device flow names its parameter scopes, not scope, and wants it in both requests: give it in authorizationParameters and tokenParameters.',
    'Twitch wants a running app to ask https://id.twitch.tv/oauth2/validate each hour whether a token is still good.',
    'The revocation endpoint takes access tokens with the client id: to end access, call https://id.twitch.tv/oauth2/revoke yourself.',
  ],
  notFound: [
    'whether PKCE is checked',
    'lifetime of a refresh token (a public program reports 30 days without use for a public app)',
    'whether a refresh token rotates',
    'lifetime of an access token',
  ],
}
