import * as todoist from '../../src/todoist.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: todoist,
  options: { scopes: ['data:read', 'data:delete'] },
  endpoints: {
    authorize: 'https://app.todoist.com/oauth/authorize',
    token: 'https://api.todoist.com/oauth/access_token',
    api: ['https://api.todoist.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'data:read,data:delete' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
        scope: 'data:read data:delete',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://app.todoist.com/app/settings/integrations/app-management',
  traps: [
    'Apps for which refresh tokens are not on get access tokens that live long, and no refresh token.',
    'The revocation endpoint, POST https://api.todoist.com/api/v1/revoke, takes the client by HTTP Basic, the token endpoint by parameters: to end access, call it yourself.',
  ],
  notFound: ['lifetime of a refresh token', 'body of the answer to a dead refresh token'],
}
