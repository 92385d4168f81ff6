import * as bitbucket from '../../src/bitbucket.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: bitbucket,
  endpoints: {
    authorize: 'https://bitbucket.org/site/oauth2/authorize',
    token: 'https://bitbucket.org/site/oauth2/access_token',
    api: ['https://api.bitbucket.org'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        scope: 'repository pullrequest',
        token_type: 'bearer',
        expires_in: 7200,
        refresh_token: refreshToken,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    clientCredentials: {
      client: 'basic',
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        scope: 'repository',
        token_type: 'bearer',
        expires_in: 7200,
      }),
    },
  },
  register: 'https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/',
  traps: [
    'Scopes are set at the OAuth consumer: a request cannot ask for others.',
    'Since May 2026 a refresh token works once, and ends after three months without use.',
    'The redirect URI has to begin with the callback URL of the OAuth consumer.',
  ],
  notFound: ['lifetime of an access token', 'whether PKCE is checked', 'body of the answer to a dead refresh token'],
}
