import * as myob from '../../src/myob.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: myob,
  options: { scopes: ['sme-company-file', 'sme-sales'] },
  endpoints: {
    authorize: 'https://secure.myob.com/oauth2/account/authorize',
    token: 'https://secure.myob.com/oauth2/v1/authorize',
    api: ['https://api.myob.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'sme-company-file sme-sales', prompt: 'consent' },
      callback: { businessId: 'business-1', businessName: 'Boats' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: '1200',
        refresh_token: refreshToken,
        scope: 'sme-company-file sme-sales',
        user: { uid: 'user-1', username: 'robin@example.com' },
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
      tokenOf: ({ headers }) =>
        headers['x-myobapi-key'] === 'client-1' && headers['x-myobapi-version'] === 'v2'
          ? headers.authorization?.replace('Bearer ', '')
          : undefined,
    },
  },
  details: { businessId: 'business-1' },
  register: 'https://developer.myob.com/api/myob-business-api/api-overview/getting-started/',
  traps: [
    'A key made before 12 March 2025 takes the scope "CompanyFile"; a newer one takes scopes that begin with "sme-".',
    'A token is for one company file: sign in once for each, and keep the businessId of each.',
    'The redirect URI has to equal the registered one exactly, including its last slash.',
  ],
  notFound: ['lifetime of a refresh token', 'body of the answer to a dead refresh token', 'whether PKCE is looked at'],
}
