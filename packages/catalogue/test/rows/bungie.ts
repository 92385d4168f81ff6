import * as bungie from '../../src/bungie.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: bungie,
  options: { apiKey: 'key-1' },
  endpoints: {
    authorize: 'https://www.bungie.net/en/OAuth/Authorize',
    token: 'https://www.bungie.net/Platform/App/OAuth/token/',
    api: ['https://www.bungie.net'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
        refresh_expires_in: 7_776_000,
        membership_id: '1234567',
      }),
      dead: {
        status: 400,
        body: { error: 'invalid_request', error_description: 'ProvidedTokenNotValidRefreshToken' },
      },
      refused: {
        status: 500,
        body: {
          ErrorCode: 99,
          ThrottleSeconds: 0,
          ErrorStatus: 'WebAuthRequired',
          Message: 'Please sign-in to continue.',
          MessageData: {},
        },
      },
      tokenOf: ({ headers }) =>
        headers['x-api-key'] === 'key-1' ? headers.authorization?.replace('Bearer ', '') : undefined,
    },
  },
  details: { membership_id: '1234567' },
  register: 'https://www.bungie.net/en/Application',
  traps: [
    'Scopes and the one redirect URL are set at the application: a request cannot ask for others.',
    'A public application gets no refresh token, and with a confidential one people sign in again after a year.',
    'A token is valid with the API key that it was given to. With another key the API answers as if no user were signed in.',
  ],
  notFound: ['lifetime of an access token', 'whether a refresh token that was used ends at once'],
}
