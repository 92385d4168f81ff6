import * as instagram from '../../src/instagram.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: instagram,
  options: { scopes: ['instagram_business_basic', 'instagram_business_manage_comments'] },
  endpoints: {
    authorize: 'https://www.instagram.com/oauth/authorize',
    token: 'https://api.instagram.com/oauth/access_token',
    api: ['https://graph.instagram.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'never',
      authorization: { scope: 'instagram_business_basic,instagram_business_manage_comments' },
      answer: ({ accessToken }) => ({
        data: [
          {
            access_token: accessToken,
            user_id: '1020',
            permissions: 'instagram_business_basic,instagram_business_manage_comments',
          },
        ],
      }),
      refused: {
        status: 400,
        body: { error: { message: 'Error validating access token', type: 'OAuthException', code: 190 } },
      },
    },
  },
  details: { user_id: '1020' },
  register: 'https://developers.facebook.com/apps/',
  traps: [
    'The token ends after an hour: exchange it for one of 60 days with GET https://graph.instagram.com/access_token (grant_type=ig_exchange_token), and that one again with GET /refresh_access_token once it is a day old.',
    'A "user_id" that is a number can be above 2^53, where JSON.parse rounds it: read the id from GET /me.',
    'Only professional accounts (business, creator) can sign in.',
  ],
  notFound: [
    'whether PKCE is checked',
    'status of the answer of the API to a token that expired',
    'revocation endpoint',
  ],
}
