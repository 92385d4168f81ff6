import * as discord from '../../src/discord.ts'
import type { Rules } from '../imitation.ts'
import type { Row } from '../row.ts'

const answer: Rules['answer'] = ({ accessToken, refreshToken }) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: 604_800,
  refresh_token: refreshToken,
  scope: 'identify connections',
})
const dead = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'Invalid "refresh_token" in request' },
}

export const row: Row = {
  module: discord,
  options: { scopes: ['identify', 'connections'] },
  endpoints: {
    authorize: 'https://discord.com/oauth2/authorize',
    token: 'https://discord.com/api/oauth2/token',
    device: 'https://discord.com/api/v10/oauth2/device/authorize',
    revoke: 'https://discord.com/api/oauth2/token/revoke',
    api: ['https://discord.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: 'identify connections' },
      answer,
      dead,
    },
    deviceCode: { client: 'basic', refresh: 'rotates', answer, dead },
    clientCredentials: {
      client: 'basic',
      required: { scope: 'identify connections' },
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 604_800,
        scope: 'identify connections',
      }),
    },
  },
  register: 'https://discord.com/developers/applications',
  traps: [
    'A bot has a separate token from the settings of the app, sent as `Authorization: Bot`. An OAuth token cannot replace it.',
    'The revocation of one token ends all tokens of that authorization.',
    'With client credentials an app of a team gets `identify` and `applications.commands.update` only.',
  ],
  notFound: ['lifetime of a refresh token', 'whether a refresh token rotates'],
}
