import * as basecamp from '../../src/basecamp.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: basecamp,
  endpoints: {
    authorize: 'https://launchpad.37signals.com/authorization/new',
    token: 'https://launchpad.37signals.com/authorization/token',
    api: ['https://3.basecampapi.com', 'https://launchpad.37signals.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 1_209_600,
        refresh_token: refreshToken,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://launchpad.37signals.com/integrations',
  traps: [
    'Each API request needs a `User-Agent` with the name of the application and a way to reach its author: without it the answer is 400.',
    'A token is for all accounts of a person: `GET https://launchpad.37signals.com/authorization.json` lists them, with the URL of each.',
    'E-mail addresses are not verified there: do not use the sign-in to identify people.',
  ],
  notFound: [
    'body of the answer to a dead refresh token',
    'lifetime of a refresh token',
    'whether a refresh token rotates',
    'an RFC 7009 revocation endpoint',
    'whether PKCE is checked',
  ],
}
