import * as vimeo from '../../src/vimeo.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: vimeo,
  options: { scopes: ['public'] },
  endpoints: {
    authorize: 'https://api.vimeo.com/oauth/authorize',
    token: 'https://api.vimeo.com/oauth/access_token',
    api: ['https://api.vimeo.com'],
  },
  grants: {
    authorizationCode: {
      options: { scopes: ['public', 'private'] },
      client: 'basic',
      refresh: 'never',
      authorization: { scope: 'public private' },
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        scope: 'public private',
        user: { uri: '/users/1001' },
      }),
    },
    clientCredentials: {
      client: 'basic',
      refresh: 'never',
      required: { scope: 'public' },
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        scope: 'public',
        app: { name: 'boats', uri: '/apps/1001' },
      }),
    },
  },
  details: { user: { uri: '/users/1001' } },
  register: 'https://developer.vimeo.com/apps',
  traps: [
    'The granted scopes may be fewer than those that were asked for: read the scopes of the stored tokens.',
    'A token ends by DELETE https://api.vimeo.com/tokens with the token itself, not by a revocation endpoint.',
  ],
  notFound: ['lifetime of an access token', 'whether PKCE is checked'],
}
