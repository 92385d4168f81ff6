import * as xero from '../../src/xero.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: xero,
  endpoints: {
    authorize: 'https://login.xero.com/identity/connect/authorize',
    token: 'https://identity.xero.com/connect/token',
    revoke: 'https://identity.xero.com/connect/revocation',
    api: ['https://api.xero.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      options: { scopes: ['openid', 'offline_access', 'accounting.transactions'] },
      refresh: 'rotates',
      authorization: { scope: 'openid offline_access accounting.transactions' },
      answer: ({ accessToken, refreshToken }) => ({
        id_token: 'eyJ.eyJ.c2ln',
        access_token: accessToken,
        expires_in: 1800,
        token_type: 'Bearer',
        refresh_token: refreshToken,
        scope: 'openid offline_access accounting.transactions',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    clientCredentials: {
      client: 'basic',
      options: { scopes: ['accounting.transactions'] },
      required: { scope: 'accounting.transactions' },
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        expires_in: 1800,
        token_type: 'Bearer',
        scope: 'accounting.transactions',
      }),
    },
  },
  register: 'https://developer.xero.com/app/manage',
  traps: [
    'Without the scope `offline_access` there is no refresh token.',
    'A person may connect several organisations: each request needs the header `xero-tenant-id`, with an id from `GET https://api.xero.com/connections`.',
    'A refresh whose answer was lost can be repeated with the same refresh token for 30 minutes.',
    'Single-page apps are not supported, with PKCE neither.',
  ],
  notFound: ['body of the answer to a dead refresh token'],
}
