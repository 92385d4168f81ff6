import * as docusign from '../../src/docusign.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: docusign,
  options: { environment: 'developer' },
  endpoints: {
    authorize: 'https://account-d.docusign.com/oauth/auth',
    token: 'https://account-d.docusign.com/oauth/token',
    api: ['https://demo.docusign.net', 'https://account-d.docusign.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      options: { scopes: ['signature'] },
      refresh: 'rotates',
      authorization: { scope: 'signature' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        refresh_token: refreshToken,
        expires_in: 28_800,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    jwtBearer: {
      client: 'any',
      grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      options: { clientId: undefined, clientSecret: undefined, assertion: 'header.claims.signature' },
      required: { assertion: 'header.claims.signature' },
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'Bearer', expires_in: 3600 }),
    },
  },
  register: 'https://admin.docusign.com/apps-and-keys',
  traps: [
    'The host of the API is the `base_uri` of the account, from /oauth/userinfo; each account has its own.',
    'Without the scope `extended` a refresh token ends 30 days after the sign-in, and with it each refresh begins another 30 days.',
    'A user whom the program acts for has to consent to `signature impersonation` once, else the answer is `consent_required`.',
    'An integration key of the developer environment works in production only after the go-live review.',
  ],
  notFound: ['whether a refresh ends the refresh token that was used', 'body of the answer to a dead refresh token'],
}
