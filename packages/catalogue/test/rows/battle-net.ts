import * as battleNet from '../../src/battle-net.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: battleNet,
  endpoints: {
    authorize: 'https://oauth.battle.net/authorize',
    token: 'https://oauth.battle.net/token',
    api: [
      'https://us.api.blizzard.com',
      'https://eu.api.blizzard.com',
      'https://kr.api.blizzard.com',
      'https://tw.api.blizzard.com',
      'https://oauth.battle.net',
    ],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      options: { scopes: ['openid', 'wow.profile'] },
      refresh: 'never',
      authorization: { scope: 'openid wow.profile' },
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 86_399,
        scope: 'openid wow.profile',
        sub: '10000001',
      }),
    },
    clientCredentials: {
      client: 'basic',
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 86_399,
        sub: 'client-1',
      }),
    },
  },
  register: 'https://develop.battle.net',
  traps: [
    'China has separate hosts: choose it with `region`.',
    'Each region has its own API host, such as `https://eu.api.blizzard.com`.',
  ],
  notFound: ['lifetime of an access token', 'whether there are refresh tokens', 'whether PKCE is checked'],
}
