import * as dribbble from '../../src/dribbble.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: dribbble,
  options: { scopes: ['public', 'upload'] },
  endpoints: {
    authorize: 'https://dribbble.com/oauth/authorize',
    token: 'https://dribbble.com/oauth/token',
    api: ['https://api.dribbble.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'never',
      authorization: { scope: 'public upload' },
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'bearer', scope: 'public upload' }),
    },
  },
  register: 'https://dribbble.com/account/applications/new',
  traps: [
    'A person who has given a token before is not asked again, and the next token has the scopes of the first time.',
  ],
  notFound: ['lifetime of an access token', 'whether there is a refresh token', 'an endpoint for revocation'],
}
