import * as anilist from '../../src/anilist.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: anilist,
  endpoints: {
    authorize: 'https://anilist.co/api/v2/oauth/authorize',
    token: 'https://anilist.co/api/v2/oauth/token',
    api: ['https://graphql.anilist.co'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({ token_type: 'Bearer', expires_in: 31_536_000, access_token: accessToken }),
      refused: { status: 400, body: { errors: [{ message: 'Invalid token', status: 400 }], data: { Viewer: null } } },
    },
  },
  register: 'https://anilist.co/settings/developer',
  traps: [
    'There are no refresh tokens: after a year the person has to sign in again.',
    'There are no scopes: a token gives almost full access to the data of the person.',
  ],
  notFound: [
    'whether PKCE is checked',
    'API answer to a bad token in the documentation: it is as public programs show it',
    'members of the token answer other than access_token',
  ],
}
