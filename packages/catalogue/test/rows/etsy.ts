import * as etsy from '../../src/etsy.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: etsy,
  options: { scopes: ['shops_r', 'listings_w'] },
  endpoints: {
    authorize: 'https://www.etsy.com/oauth/connect',
    token: 'https://api.etsy.com/v3/public/oauth/token',
    api: ['https://api.etsy.com', 'https://openapi.etsy.com'],
  },
  grants: {
    authorizationCode: {
      client: 'id',
      refresh: 'rotates',
      authorization: { scope: 'shops_r listings_w', code_challenge_method: 'S256' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://www.etsy.com/developers/register',
  traps: [
    'Each request needs the header `x-api-key: keystring:shared secret`, else Etsy answers 403 "Shared secret is required in x-api-key header."; set it on the requests of the program.',
    'The number before the dot of a token is the id of its user, and part of the token.',
  ],
  notFound: [
    'whether a refresh ends the refresh token that was used',
    'body of the answer to a dead refresh token',
    'an endpoint for revocation',
  ],
}
