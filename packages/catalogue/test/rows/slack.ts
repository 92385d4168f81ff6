import * as slack from '../../src/slack.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: slack,
  options: { scopes: ['chat:write', 'users:read'] },
  endpoints: {
    authorize: 'https://slack.com/oauth/v2/authorize',
    token: 'https://slack.com/api/oauth.v2.access',
    api: ['https://slack.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      pkce: false,
      authorization: { scope: 'chat:write,users:read' },
      answer: ({ accessToken, refreshToken }) => ({
        ok: true,
        access_token: accessToken,
        token_type: 'bot',
        scope: 'chat:write,users:read',
        expires_in: 43_200,
        refresh_token: refreshToken,
        team: { id: 'T1', name: 'boats' },
      }),
      dead: { status: 200, body: { ok: false, error: 'invalid_refresh_token' } },
      refused: { status: 200, body: { ok: false, error: 'token_expired' } },
    },
  },
  details: { team: { id: 'T1', name: 'boats' } },
  register: 'https://api.slack.com/apps',
  traps: [
    'Without token rotation, switched on in the settings of the app, tokens do not expire and there is no refresh token.',
    'PKCE has to be switched on in the settings of the app, which permanently makes the app a public client, and its refresh tokens end after 30 days.',
    'A redirect to localhost or to a custom scheme cannot ask for bot scopes, if PKCE is on.',
    "The scopes of a bot and those of a user are different lists: with `tokenType: 'user'` the scopes are user scopes.",
  ],
  notFound: [
    'grace period of a refresh token that was used',
    'whether the refresh of a user token answers as the exchange of its code, which has the tokens in `authed_user`',
  ],
}
