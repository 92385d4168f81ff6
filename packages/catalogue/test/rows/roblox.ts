import * as roblox from '../../src/roblox.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: roblox,
  options: { scopes: ['openid', 'profile'] },
  endpoints: {
    authorize: 'https://apis.roblox.com/oauth/v1/authorize',
    token: 'https://apis.roblox.com/oauth/v1/token',
    revoke: 'https://apis.roblox.com/oauth/v1/token/revoke',
    api: ['https://apis.roblox.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: 'openid profile' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'Bearer',
        expires_in: 900,
        id_token: 'id-token-1',
        scope: 'openid profile',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://create.roblox.com/dashboard/credentials?activeTab=OAuthTab',
  traps: [
    'An authorization code is valid for one minute.',
    'Introspection calls a token active until it expires, even if the user has revoked the authorization.',
    'An app is in private mode, with at most 10 users, until Roblox has reviewed it.',
    'OAuth is a beta feature, which the vendor may change.',
  ],
  notFound: ['grace period of a refresh token that was used', 'body of the answer to a dead refresh token'],
}
