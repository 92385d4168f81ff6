import * as quickbooks from '../../src/quickbooks.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: quickbooks,
  options: { environment: 'sandbox', scopes: ['com.intuit.quickbooks.accounting'] },
  endpoints: {
    authorize: 'https://appcenter.intuit.com/connect/oauth2',
    token: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
    api: ['https://sandbox-quickbooks.api.intuit.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: 'com.intuit.quickbooks.accounting' },
      callback: { realmId: '1234567890' },
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
        x_refresh_token_expires_in: 8_726_400,
        access_token: accessToken,
      }),
      dead: {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'Refresh token is invalid or expired' },
      },
    },
  },
  details: { realmId: '1234567890' },
  traps: [
    'The value of the refresh token changes about every 24 hours: programs that share it need one store.',
    'A refresh token ends after 100 days without use, and each after five years.',
    'Clients for the sandbox are not those for production: give "environment".',
    'The revocation endpoint takes JSON, not the form of RFC 7009: signing out does not end the tokens at Intuit.',
  ],
  notFound: ['whether PKCE is checked', 'grace period of a refresh token that was used'],
}
