import * as tesla from '../../src/tesla.ts'
import type { Row } from '../row.ts'

const AUDIENCE = 'https://fleet-api.prd.eu.vn.cloud.tesla.com'

export const row: Row = {
  module: tesla,
  options: { region: 'eu', scopes: ['openid', 'offline_access', 'vehicle_device_data'] },
  endpoints: {
    authorize: 'https://auth.tesla.com/oauth2/v3/authorize',
    token: 'https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3/token',
    api: [AUDIENCE],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      required: { audience: AUDIENCE },
      authorization: { scope: 'openid offline_access vehicle_device_data' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        id_token: 'id-token-1',
        expires_in: 28_800,
        token_type: 'Bearer',
      }),
      dead: { status: 401, body: { error: 'login_required' } },
    },
    clientCredentials: {
      client: 'body',
      refresh: 'never',
      required: { audience: AUDIENCE, scope: 'openid offline_access vehicle_device_data' },
      answer: ({ accessToken }) => ({ access_token: accessToken, expires_in: 28_800, token_type: 'Bearer' }),
    },
  },
  register: 'https://developer.tesla.com',
  traps: [
    'A token is good in one region only: take the region from the customer’s account, and register the application there by POST /api/1/partner_accounts.',
    'Without openid and offline_access there is no refresh token.',
    'A new password of the customer ends the refresh token.',
    'China has a separate authorization server and separate accounts: an app of auth.tesla.com does not work there.',
  ],
  notFound: ['lifetime of an access token', 'whether PKCE is checked'],
}
