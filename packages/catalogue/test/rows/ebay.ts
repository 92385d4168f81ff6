import * as ebay from '../../src/ebay.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: ebay,
  options: { scopes: ['https://api.ebay.com/oauth/api_scope'] },
  endpoints: {
    authorize: 'https://auth.ebay.com/oauth2/authorize',
    token: 'https://api.ebay.com/identity/v1/oauth2/token',
    api: ['https://api.ebay.com', 'https://apiz.ebay.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      options: { redirectUri: 'Boats_Inc-BoatsInc-boats-abcdefg' },
      refresh: 'keeps',
      authorization: {
        redirect_uri: 'Boats_Inc-BoatsInc-boats-abcdefg',
        scope: 'https://api.ebay.com/oauth/api_scope',
      },
      callback: { expires_in: '299' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        expires_in: 7200,
        ...(!refreshed && { refresh_token: refreshToken, refresh_token_expires_in: 47_304_000 }),
        token_type: 'User Access Token',
      }),
      dead: {
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: 'the provided authorization refresh token is invalid or was issued to another client',
        },
      },
    },
    clientCredentials: {
      client: 'basic',
      required: { scope: 'https://api.ebay.com/oauth/api_scope' },
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        expires_in: 7200,
        token_type: 'Application Access Token',
      }),
    },
  },
  register: 'https://developer.ebay.com/my/keys',
  traps: [
    'eBay takes the RuName, which it makes for the app, as `redirect_uri`; the URL that users return to is set in the same place.',
    "The sandbox has separate keys, RuNames and users: give `environment: 'sandbox'`.",
  ],
  notFound: ['an endpoint for revocation'],
}
