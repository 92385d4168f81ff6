import * as donationAlerts from '../../src/donation-alerts.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: donationAlerts,
  options: { scopes: ['oauth-user-show', 'oauth-donation-index'] },
  endpoints: {
    authorize: 'https://www.donationalerts.com/oauth/authorize',
    token: 'https://www.donationalerts.com/oauth/token',
    api: ['https://www.donationalerts.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'oauth-user-show oauth-donation-index' },
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'Bearer',
        expires_in: 86_400,
        access_token: accessToken,
        refresh_token: refreshToken,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://www.donationalerts.com/application/clients',
  traps: [],
  notFound: [
    'lifetime of an access token',
    'lifetime of a refresh token',
    'whether a refresh token rotates',
    'body of the answer to a dead refresh token',
    'whether a refresh needs the scopes again',
    'an endpoint for revocation',
  ],
}
