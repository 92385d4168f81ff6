import * as paypal from '../../src/paypal.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: paypal,
  endpoints: {
    authorize: 'https://www.paypal.com/signin/authorize',
    token: 'https://api-m.paypal.com/v1/oauth2/token',
    api: ['https://api-m.paypal.com'],
  },
  grants: {
    clientCredentials: {
      client: 'basic',
      refresh: 'never',
      answer: ({ accessToken }) => ({
        scope: 'https://uri.paypal.com/services/invoicing',
        access_token: accessToken,
        token_type: 'Bearer',
        app_id: 'APP-1',
        expires_in: 31_668,
        nonce: 'nonce-1',
      }),
    },
    authorizationCode: {
      client: 'basic',
      refresh: 'keeps',
      options: { scopes: ['openid', 'email'] },
      authorization: { flowEntry: 'static', scope: 'openid email' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        expires_in: 900,
        ...(refreshed ? { app_id: 'APP-1' } : { refresh_token: refreshToken }),
        scope: 'openid email',
        token_type: 'Bearer',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://developer.paypal.com/dashboard/applications',
  traps: [
    'Sandbox and production have separate apps; the credentials of one do not work in the other.',
    'An authorization code ends very soon: exchange it at once.',
    'The redirect URI has to be the return URL in the advanced settings of "Log in with PayPal".',
  ],
  notFound: [
    'lifetime of an access token of the program: the answer says it',
    'body of the answer to a dead refresh token',
    'whether PKCE is checked',
    'an endpoint that takes a token back',
  ],
}
