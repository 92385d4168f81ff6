import * as patreon from '../../src/patreon.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: patreon,
  options: { scopes: ['identity', 'identity[email]'] },
  endpoints: {
    authorize: 'https://www.patreon.com/oauth2/authorize',
    token: 'https://www.patreon.com/api/oauth2/token',
    api: ['https://www.patreon.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'identity identity[email]' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        expires_in: 2_678_400,
        scope: 'identity identity[email]',
        token_type: 'Bearer',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://www.patreon.com/portal/registration/register-clients',
  traps: [
    'Calls without a User-Agent header may be dropped with status 403: give one that names the program.',
    "The creator's access token on the page of the client ends too, and is renewed there or with its refresh token.",
    'The API says 429 with the member `retry_after_seconds` after 100 requests in 2 seconds of a client or 100 in a minute of a token.',
  ],
  notFound: [
    'lifetime of an access token in seconds',
    'lifetime of a refresh token',
    'body of the answer to a dead refresh token',
    'whether PKCE is checked',
  ],
}
