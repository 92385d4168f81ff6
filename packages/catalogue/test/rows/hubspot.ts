import * as hubspot from '../../src/hubspot.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: hubspot,
  options: { scopes: ['oauth', 'crm.objects.contacts.read'] },
  endpoints: {
    authorize: 'https://app.hubspot.com/oauth/authorize',
    token: 'https://api.hubapi.com/oauth/2026-03/token',
    revoke: 'https://api.hubapi.com/oauth/2026-03/token/revoke',
    api: ['https://api.hubapi.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      authorization: { scope: 'oauth crm.objects.contacts.read' },
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'bearer',
        refresh_token: refreshToken,
        access_token: accessToken,
        hub_id: 1234,
        scopes: ['oauth', 'crm.objects.contacts.read'],
        expires_in: 1800,
        token_use: 'access_token',
      }),
      dead: {
        status: 400,
        body: { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token', correlationId: '1' },
      },
      refused: {
        status: 401,
        body: {
          status: 'error',
          message: 'The OAuth token used to make this call expired.',
          category: 'EXPIRED_AUTHENTICATION',
        },
      },
    },
  },
  details: { hub_id: 1234 },
  register: 'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/create-an-app',
  traps: [
    'The scopes must be exactly those that the settings of the app require; what people may go without is named in the extra parameter "optional_scope".',
    'The endpoints with "v1" in their path end on 2027-02-16: a program that names its own URLs has to change them before.',
  ],
  notFound: [
    'body of the answer of the version 2026-03 to a dead refresh token',
    'whether an access token can be revoked',
    'whether a refresh token rotates',
    'lifetime of a refresh token',
  ],
}
