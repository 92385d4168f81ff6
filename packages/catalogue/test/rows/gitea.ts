import * as gitea from '../../src/gitea.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: gitea,
  options: { host: 'gitea.example.com', scopes: ['read:user', 'write:issue'] },
  endpoints: {
    authorize: 'https://gitea.example.com/login/oauth/authorize',
    token: 'https://gitea.example.com/login/oauth/access_token',
    api: ['https://gitea.example.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: 'read:user write:issue' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
      }),
      dead: {
        status: 400,
        body: { error: 'unauthorized_client', error_description: 'unable to parse refresh token' },
      },
    },
  },
  register: 'https://docs.gitea.com/development/oauth2-provider',
  traps: [
    'A refresh token that has expired or was used before is answered with "unauthorized_client", which elsewhere means a wrong client; it is read here as a grant that has ended.',
    'A token that has no scopes but "openid", "email", "profile" and "groups" may do all that the person may: name the scopes that the program needs.',
    'PKCE is required for a client without a secret.',
    'The administrator of the server sets the lifetimes, and whether a refresh token ends with its use.',
  ],
  notFound: ['revocation endpoint', 'answer of the API to a token that expired'],
}
