import * as stripeConnect from '../../src/stripe-connect.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: stripeConnect,
  options: { scopes: ['read_write'] },
  endpoints: {
    authorize: 'https://connect.stripe.com/oauth/authorize',
    token: 'https://connect.stripe.com/oauth/token',
    api: ['https://api.stripe.com', 'https://files.stripe.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      authorization: { scope: 'read_write' },
      callback: { scope: 'read_write' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        livemode: false,
        refresh_token: refreshToken,
        token_type: 'bearer',
        stripe_publishable_key: 'pk-1',
        stripe_user_id: 'acct-1',
        scope: 'read_write',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  details: { stripe_user_id: 'acct-1' },
  register: 'https://dashboard.stripe.com/settings/connect/onboarding-options/oauth',
  traps: [
    'Without a scope Stripe takes read_only: a platform asks for read_write.',
    'A code that is used twice ends all tokens that were given for it.',
    'Access ends by POST /oauth/deauthorize with the stripe_user_id, not by a token.',
  ],
  notFound: [
    'whether PKCE is checked',
    'whether a refresh token rotates',
    'lifetime of a refresh token',
    'body of the answer to a dead refresh token',
  ],
}
