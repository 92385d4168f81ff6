import * as polar from '../../src/polar.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: polar,
  options: { scopes: ['openid', 'email'] },
  endpoints: {
    authorize: 'https://polar.sh/oauth2/authorize',
    token: 'https://api.polar.sh/v1/oauth2/token',
    revoke: 'https://api.polar.sh/v1/oauth2/revoke',
    api: ['https://api.polar.sh'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'openid email' },
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'Bearer',
        access_token: accessToken,
        expires_in: 864_000,
        refresh_token: refreshToken,
        scope: 'openid email',
        id_token: 'id-token-1',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://polar.sh/settings#oauth',
  traps: [
    'Scopes have to be among those that the client was registered with.',
    'A person may limit the token to some organizations: introspection tells which, in the member `organizations`.',
    'The sandbox has separate clients and tokens; those of production do not work there.',
    'A public client cannot take its tokens back, because that endpoint wants a secret: sign-out only forgets them.',
  ],
  notFound: ['lifetime of a refresh token', 'body of the answer to a dead refresh token'],
}
