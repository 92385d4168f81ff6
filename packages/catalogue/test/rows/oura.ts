import * as oura from '../../src/oura.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: oura,
  options: { scopes: ['email', 'personal'] },
  endpoints: {
    authorize: 'https://cloud.ouraring.com/oauth/authorize',
    token: 'https://api.ouraring.com/oauth/token',
    api: ['https://api.ouraring.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'email personal' },
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'bearer',
        access_token: accessToken,
        expires_in: 86_400,
        refresh_token: refreshToken,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://developer.ouraring.com/applications',
  traps: [
    'A person may switch off single scopes while signing in: look at the scopes of the answer.',
    'Public programs report that applications of the newer developer portal get their tokens at https://moi.ouraring.com/oauth/v2/ext/oauth-token: give it as `tokenUrl` where the documented one refuses the code.',
    'An application without approval is limited to 10 people.',
    'The endpoint that takes a token back has the token in its URL, which is not RFC 7009: sign-out only forgets the tokens.',
  ],
  notFound: [
    'lifetime of an access token: one page has both 24 hours and 30 days',
    'lifetime of a refresh token',
    'whether a refresh token rotates (public programs report that it can be used once)',
    'body of the answer to a dead refresh token',
    'whether PKCE is checked',
  ],
}
