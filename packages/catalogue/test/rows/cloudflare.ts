import * as cloudflare from '../../src/cloudflare.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: cloudflare,
  options: { scopes: ['user-details.read', 'offline_access'] },
  endpoints: {
    authorize: 'https://dash.cloudflare.com/oauth2/auth',
    token: 'https://dash.cloudflare.com/oauth2/token',
    revoke: 'https://dash.cloudflare.com/oauth2/revoke',
    api: ['https://api.cloudflare.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: 'user-details.read offline_access' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 3600,
        refresh_token: refreshToken,
        scope: 'user-details.read offline_access',
        token_type: 'bearer',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://dash.cloudflare.com/?to=/:account/oauth-clients',
  traps: [
    "There is a refresh token only for a client whose grant types include `refresh_token`; Wrangler, Cloudflare's own program, asks for the scope `offline_access` too.",
    'A client is private at first and works for its own account only; a public one needs a verified domain.',
    'The token authentication method of the client decides: with "Client Secret Post" give `clientAuthentication: \'client_secret_post\'`.',
  ],
  notFound: [
    'lifetime of an access token',
    'lifetime of a refresh token',
    'whether a refresh token rotates',
    'whether a client of third parties needs the scope offline_access for a refresh token',
    'body of the answer to a dead refresh token',
  ],
}
