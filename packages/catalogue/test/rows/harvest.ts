import * as harvest from '../../src/harvest.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: harvest,
  endpoints: {
    authorize: 'https://id.getharvest.com/oauth2/authorize',
    token: 'https://id.getharvest.com/api/v2/oauth2/token',
    api: ['https://api.harvestapp.com', 'https://id.getharvest.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      callback: { scope: 'harvest:12' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'bearer',
        expires_in: 1_209_600,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://id.getharvest.com/developers',
  traps: [
    'A token alone says no account: each request needs the header `Harvest-Account-Id`, with an id from the scope of the callback or from `GET https://id.getharvest.com/api/v2/accounts`.',
    'Each API request needs a `User-Agent` with the name of the application and a way to reach its author: without it the answer is 400.',
  ],
  notFound: [
    'lifetime of a refresh token, and of an access token (by contract)',
    'body of the answer to a dead refresh token',
    'whether a refresh token rotates',
    'an RFC 7009 revocation endpoint',
    'whether PKCE is checked',
  ],
}
