import * as autodesk from '../../src/autodesk.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: autodesk,
  options: { scopes: ['data:read'] },
  endpoints: {
    authorize: 'https://developer.api.autodesk.com/authentication/v2/authorize',
    token: 'https://developer.api.autodesk.com/authentication/v2/token',
    revoke: 'https://developer.api.autodesk.com/authentication/v2/revoke',
    api: ['https://developer.api.autodesk.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: 'data:read' },
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'Bearer',
        expires_in: 3599,
        refresh_token: refreshToken,
        access_token: accessToken,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    clientCredentials: {
      client: 'basic',
      required: { scope: 'data:read' },
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'Bearer', expires_in: 3599 }),
    },
  },
  register: 'https://aps.autodesk.com/myapps/',
  traps: [
    'The secret goes into the header or into the body: both together are answered with 400.',
    'A refresh token works once, also where the refresh asks for fewer scopes.',
    'The end of version 1 of the endpoints was set to 2024-04-30: an old program has to change its URLs.',
  ],
  notFound: ['body of the answer to a dead refresh token'],
}
