import * as mailchimp from '../../src/mailchimp.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: mailchimp,
  endpoints: {
    authorize: 'https://login.mailchimp.com/oauth2/authorize',
    token: 'https://login.mailchimp.com/oauth2/token',
    api: ['https://*.api.mailchimp.com', 'https://login.mailchimp.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, expires_in: 0, scope: null }),
    },
  },
  register: 'https://admin.mailchimp.com/account/oauth2/',
  traps: [
    'The API is on another host for each account: ask https://login.mailchimp.com/oauth2/metadata with the token, and call the host in "api_endpoint".',
  ],
  notFound: ['a revocation endpoint', 'whether PKCE is looked at'],
}
