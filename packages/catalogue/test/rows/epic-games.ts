import * as epicGames from '../../src/epic-games.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: epicGames,
  endpoints: {
    authorize: 'https://www.epicgames.com/id/authorize',
    token: 'https://api.epicgames.dev/epic/oauth/v2/token',
    revoke: 'https://api.epicgames.dev/epic/oauth/v2/revoke',
    api: ['https://api.epicgames.dev'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      options: { scopes: ['basic_profile', 'friends_list'] },
      refresh: 'rotates',
      authorization: { scope: 'basic_profile friends_list' },
      answer: ({ accessToken, refreshToken }) => ({
        scope: 'basic_profile friends_list',
        token_type: 'bearer',
        access_token: accessToken,
        refresh_token: refreshToken,
        expires_in: 7200,
        refresh_expires_in: 28_800,
        account_id: 'account-1',
        client_id: 'client-1',
        application_id: 'application-1',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    clientCredentials: {
      client: 'basic',
      refresh: 'never',
      answer: ({ accessToken }) => ({
        token_type: 'bearer',
        access_token: accessToken,
        expires_in: 7200,
        client_id: 'client-1',
        application_id: 'application-1',
      }),
    },
  },
  details: { account_id: 'account-1' },
  register: 'https://dev.epicgames.com/portal',
  traps: [
    'Without a public deployment only people who are entitled to it can sign in; the APIs of a game need `deployment_id` in the token requests.',
  ],
  notFound: [
    'lifetime of a refresh token',
    'whether a refresh token rotates',
    'body of the answer to a dead refresh token',
    'whether a revocation needs the client to prove itself',
  ],
}
