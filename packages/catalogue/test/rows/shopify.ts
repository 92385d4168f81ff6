import type { IncomingMessage } from 'node:http'
import * as shopify from '../../src/shopify.ts'
import type { Row } from '../row.ts'

const tokenOf = ({ headers }: IncomingMessage) => String(headers['x-shopify-access-token'])

const OVER = { status: 400, body: { error: 'invalid_grant' } }

export const row: Row = {
  module: shopify,
  options: { shop: 'boats' },
  endpoints: {
    authorize: 'https://boats.myshopify.com/admin/oauth/authorize',
    token: 'https://boats.myshopify.com/admin/oauth/access_token',
    api: ['https://boats.myshopify.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      options: { scopes: ['read_orders', 'write_products'] },
      authorization: { scope: 'read_orders,write_products' },
      callback: { shop: 'boats.myshopify.com', hmac: 'f00', timestamp: '1790000000' },
      required: { expiring: '1' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        scope: 'read_orders,write_products',
        expires_in: 3600,
        refresh_token: refreshToken,
        refresh_token_expires_in: 7_776_000,
      }),
      dead: OVER,
      tokenOf,
    },
    tokenExchange: {
      client: 'body',
      refresh: 'rotates',
      grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
      options: { subjectToken: 'session-token-1' },
      required: { expiring: '1' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        scope: 'read_orders,write_products',
        expires_in: 3600,
        refresh_token: refreshToken,
        refresh_token_expires_in: 7_776_000,
      }),
      dead: OVER,
      tokenOf,
    },
    clientCredentials: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        scope: 'read_orders,write_products',
        expires_in: 86_399,
      }),
      tokenOf,
    },
  },
  details: { shop: 'boats.myshopify.com' },
  register: 'https://dev.shopify.com/dashboard',
  traps: [
    'Public apps must use tokens that expire: the API refuses the others from 1 January 2027.',
    'The callback carries an `hmac` of its parameters: compare it with the client secret as key before completing the sign-in.',
    'A refresh token that was used still works until a token of its answer is used.',
    'Client credentials work only for shops of the organization that has made the app.',
  ],
  notFound: ['whether PKCE is checked', 'body of the answer to a dead refresh token'],
}
