import * as clickup from '../../src/clickup.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: clickup,
  endpoints: {
    authorize: 'https://app.clickup.com/api',
    token: 'https://api.clickup.com/api/v2/oauth/token',
    api: ['https://api.clickup.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      encoding: 'json',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken }),
      refused: { status: 401, body: { err: 'Token not found', ECODE: 'OAUTH_019' } },
    },
  },
  traps: [
    'A token works only for the Workspaces that the person chose at the sign-in; for another one the API answers with OAUTH_023 or its neighbours, and the person has to sign in again.',
    'A token of OAuth goes behind `Bearer`; a personal token, which begins with `pk_`, goes without it.',
  ],
  notFound: ['lifetime of an access token', 'whether there is a refresh token', 'an endpoint for revocation'],
}
