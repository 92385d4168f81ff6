import * as typeform from '../../src/typeform.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: typeform,
  options: { scopes: ['forms:read', 'responses:read', 'offline'] },
  endpoints: {
    authorize: 'https://api.typeform.com/oauth/authorize',
    token: 'https://api.typeform.com/oauth/token',
    api: ['https://api.typeform.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'forms:read responses:read offline' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 604_800,
        refresh_token: refreshToken,
        scope: 'forms:read responses:read offline',
        token_type: 'bearer',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  traps: [
    'Without the scope offline there is no refresh token.',
    'Accounts at api.typeform.eu have a separate authorization server, clients and tokens: `authorizationUrl`, `tokenUrl` and `baseUrl` have to be given.',
    'The lifetime of an access token is a setting of the app, one week at first: it is in the answer.',
  ],
  notFound: [
    'endpoints of the authorization server at api.typeform.eu',
    'whether PKCE is checked',
    'lifetime of a refresh token',
    'whether a refresh token rotates',
    'body of the answer to a dead refresh token',
  ],
}
