import * as atlassian from '../../src/atlassian.ts'
import type { Row } from '../row.ts'

const scopes = ['read:jira-work', 'offline_access']

export const row: Row = {
  module: atlassian,
  endpoints: {
    authorize: 'https://auth.atlassian.com/authorize',
    token: 'https://auth.atlassian.com/oauth/token',
    api: ['https://api.atlassian.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      encoding: 'json',
      options: { scopes },
      refresh: 'rotates',
      authorization: { audience: 'api.atlassian.com', prompt: 'consent', scope: scopes.join(' ') },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        expires_in: 3600,
        scope: scopes.join(' '),
      }),
      dead: {
        status: 403,
        body: { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
      },
    },
    clientCredentials: {
      client: 'body',
      encoding: 'json',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, expires_in: 3600, token_type: 'Bearer' }),
    },
  },
  register: 'https://developer.atlassian.com/console/myapps/',
  traps: [
    'Without the scope `offline_access` there is no refresh token.',
    'The API of a site is at `https://api.atlassian.com/ex/jira/{cloudId}`; `/oauth/token/accessible-resources` lists the sites of a token.',
    'A refresh token ends after 90 days without use.',
  ],
  notFound: [
    'lifetime of a refresh token that is used',
    'whether PKCE is checked',
    'body of the answer with a token of a service account',
  ],
}
