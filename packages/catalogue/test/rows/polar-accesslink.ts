import * as polarAccesslink from '../../src/polar-accesslink.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: polarAccesslink,
  endpoints: {
    authorize: 'https://flow.polar.com/oauth2/authorization',
    token: 'https://polarremote.com/v2/oauth2/token',
    api: ['https://www.polaraccesslink.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 31_535_999,
        x_user_id: 12,
      }),
    },
  },
  details: { x_user_id: 12 },
  register: 'https://admin.polaraccesslink.com',
  traps: [
    'A person has to be registered with `POST /v3/users` once, with the new token, before any data can be read.',
    'There is no refresh token: when the API refuses the token, the person has to sign in again.',
    'A token is taken back by `DELETE /v3/users/{user-id}` with that token, not by a revocation endpoint.',
    'People who are signed in at Polar Flow are not asked for another account: they have to sign out there first.',
  ],
  notFound: ['whether PKCE is checked', 'lifetime of an access token'],
}
