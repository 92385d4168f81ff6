import * as strava from '../../src/strava.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: strava,
  options: { scopes: ['read', 'activity:read'] },
  endpoints: {
    authorize: 'https://www.strava.com/oauth/authorize',
    token: 'https://www.strava.com/oauth/token',
    api: ['https://www.strava.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'read,activity:read' },
      callback: { scope: 'read,activity:read' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        token_type: 'Bearer',
        expires_in: 21_600,
        refresh_token: refreshToken,
        access_token: accessToken,
        ...(!refreshed && { athlete: { id: 1001 } }),
      }),
      dead: {
        status: 400,
        body: {
          message: 'Bad Request',
          errors: [{ resource: 'RefreshToken', field: 'refresh_token', code: 'invalid' }],
        },
      },
    },
  },
  details: { athlete: { id: 1001 } },
  register: 'https://www.strava.com/settings/api',
  traps: [
    'Athletes can switch off scopes when they sign in: read the scopes of the stored tokens before you call.',
    'The revocation endpoint, POST https://www.strava.com/oauth/revoke, takes the client by HTTP Basic, the token endpoint by parameters: to end access, call it yourself.',
  ],
  notFound: ['whether PKCE is checked', 'lifetime of a refresh token'],
}
