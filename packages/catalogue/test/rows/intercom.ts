import * as intercom from '../../src/intercom.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: intercom,
  endpoints: {
    authorize: 'https://app.intercom.com/oauth',
    token: 'https://api.intercom.io/auth/eagle/token',
    api: ['https://api.intercom.io', 'https://api.eu.intercom.io', 'https://api.au.intercom.io'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({ token_type: 'Bearer', access_token: accessToken }),
      refused: {
        status: 401,
        body: { type: 'error.list', errors: [{ code: 'unauthorized', message: 'Access Token Invalid' }] },
      },
    },
  },
  register: 'https://app.intercom.com/a/developer-signup',
  traps: [
    'There are no scopes to ask for: what a token may do is set in the Developer Hub.',
    'A workspace is hosted in the US, the EU or Australia: call the host of its region.',
  ],
  notFound: [
    'whether PKCE is checked',
    'all members of the answer with a token',
    'revocation endpoint',
    'whether people of the EU and Australia sign in at other hosts',
  ],
}
