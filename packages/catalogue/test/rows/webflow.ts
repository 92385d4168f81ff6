import * as webflow from '../../src/webflow.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: webflow,
  options: { scopes: ['sites:read', 'cms:read'] },
  endpoints: {
    authorize: 'https://webflow.com/oauth/authorize',
    token: 'https://api.webflow.com/oauth/access_token',
    api: ['https://api.webflow.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      encoding: 'json',
      refresh: 'never',
      authorization: { scope: 'sites:read cms:read' },
      answer: ({ accessToken }) => ({
        token_type: 'bearer',
        access_token: accessToken,
        scope: 'sites:read cms:read',
      }),
    },
  },
  register: 'https://developers.webflow.com/apps/data/docs/register-an-app',
  traps: [
    'There is no refresh token: when a token is refused, the person has to sign in again.',
    'Access ends by POST https://webflow.com/oauth/revoke_authorization with the parameter access_token, which is not RFC 7009: call it yourself.',
    'Scopes that are asked for have to be among those of the app.',
  ],
  notFound: ['lifetime of an access token', 'whether PKCE is checked'],
}
