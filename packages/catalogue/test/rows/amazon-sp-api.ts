import type { IncomingMessage } from 'node:http'
import * as amazonSpApi from '../../src/amazon-sp-api.ts'
import type { Row } from '../row.ts'

const api = {
  tokenOf: ({ headers }: IncomingMessage) => String(headers['x-amz-access-token']),
  refused: {
    status: 403,
    body: { errors: [{ code: 'Unauthorized', message: 'Access to requested resource is denied.' }] },
  },
}

export const row: Row = {
  module: amazonSpApi,
  endpoints: {
    authorize: 'https://sellercentral.amazon.com/apps/authorize/consent',
    token: 'https://api.amazon.com/auth/o2/token',
    api: [
      'https://sellingpartnerapi-na.amazon.com',
      'https://sellingpartnerapi-eu.amazon.com',
      'https://sellingpartnerapi-fe.amazon.com',
    ],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      pkce: false,
      callback: { selling_partner_id: 'A3EXAMPLE' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
      }),
      dead: {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'The request has an invalid grant parameter' },
      },
      ...api,
    },
    clientCredentials: {
      client: 'body',
      options: { scopes: ['sellingpartnerapi::notifications'] },
      required: { scope: 'sellingpartnerapi::notifications' },
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'bearer', expires_in: 3600 }),
      ...api,
    },
  },
  details: { selling_partner_id: 'A3EXAMPLE' },
  register: 'https://developer-docs.amazon.com/sp-api/docs/registering-your-application',
  traps: [
    'The consent page wants `application_id`, and gives the code as `spapi_oauth_code`: put the id into `extra` of `beginSignIn`, and rename the parameter to `code` before `completeSignIn`.',
    'Each region has its own consent page: give its URL as `authorizationUrl`.',
    'Operations with personal data take a restricted data token instead of this one.',
  ],
  notFound: [
    'whether the consent page takes further parameters',
    'whether a refresh token rotates',
    'lifetime of a refresh token of a private application',
  ],
}
