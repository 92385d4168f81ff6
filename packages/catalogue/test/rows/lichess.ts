import * as lichess from '../../src/lichess.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: lichess,
  options: { scopes: ['email:read', 'challenge:write'] },
  endpoints: {
    authorize: 'https://lichess.org/oauth',
    token: 'https://lichess.org/api/token',
    api: ['https://lichess.org', 'https://explorer.lichess.org'],
  },
  grants: {
    authorizationCode: {
      client: 'id',
      refresh: 'never',
      authorization: { scope: 'email:read challenge:write', code_challenge_method: 'S256' },
      answer: ({ accessToken }) => ({ token_type: 'Bearer', access_token: accessToken, expires_in: 31_536_000 }),
    },
  },
  traps: [
    'There is no refresh token: after a year, or when the person takes the token back, they sign in again.',
    'A token is revoked by DELETE /api/token with the token itself, which does not follow RFC 7009: signing out does not end it at Lichess.',
    'Make one request at a time, and wait a minute after a 429.',
  ],
  notFound: ['answer of the API to a bad token'],
}
