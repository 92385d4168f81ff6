import * as facebook from '../../src/facebook.ts'
import type { Rules } from '../imitation.ts'
import type { Row } from '../row.ts'

const refused: Rules['refused'] = {
  status: 400,
  body: { error: { message: 'Error validating access token', type: 'OAuthException', code: 190, error_subcode: 463 } },
}

export const row: Row = {
  module: facebook,
  endpoints: {
    authorize: 'https://www.facebook.com/dialog/oauth',
    token: 'https://graph.facebook.com/oauth/access_token',
    api: ['https://graph.facebook.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      options: { scopes: ['public_profile', 'email'] },
      refresh: 'never',
      authorization: { scope: 'public_profile email' },
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'bearer', expires_in: 5_183_944 }),
      refused,
    },
    clientCredentials: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'bearer' }),
      refused,
    },
  },
  register: 'https://developers.facebook.com/apps/',
  traps: [
    'The documentation writes both URLs with a version of the Graph API, such as https://graph.facebook.com/v25.0/oauth/access_token: give `authorizationUrl` and `tokenUrl` to choose one.',
    'A token that ended, or that its person took back, is answered with error code 190, whose status need not be 401.',
    'The documentation shows token requests by GET, which would put the secret into a URL; they are sent by POST here.',
  ],
  notFound: [
    'lifetime of an access token: a long-lived one lasts about 60 days',
    'whether the token endpoint answers POST by contract',
    'status of the answer to a bad token',
  ],
}
