import * as calendly from '../../src/calendly.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: calendly,
  endpoints: {
    authorize: 'https://auth.calendly.com/oauth/authorize',
    token: 'https://auth.calendly.com/oauth/token',
    api: ['https://api.calendly.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'Bearer',
        scope: 'users:read',
        expires_in: 7200,
        created_at: 1_790_000_000,
        owner: 'https://api.calendly.com/users/U1',
        organization: 'https://api.calendly.com/organizations/O1',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  details: {
    owner: 'https://api.calendly.com/users/U1',
    organization: 'https://api.calendly.com/organizations/O1',
  },
  register: 'https://developer.calendly.com/create-a-developer-account',
  traps: [
    'A refresh token works once: two programs that refresh the same one without a common store end the grant.',
    'At most 8 tokens a minute are given for one user.',
    'A sandbox application takes http redirect URIs on localhost, a production one takes https only.',
  ],
  notFound: [
    'body of the answer to a dead refresh token',
    'grace period of a refresh token that was used',
    'whether the revocation endpoint keeps RFC 7009',
  ],
}
