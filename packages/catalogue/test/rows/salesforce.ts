import * as salesforce from '../../src/salesforce.ts'
import type { Row } from '../row.ts'

const ANSWER = {
  instance_url: 'https://boats.my.salesforce.com',
  id: 'https://login.salesforce.com/id/00D/005',
  token_type: 'Bearer',
  issued_at: '1790000000000',
  signature: 'c2ln',
}

const REFUSED = { status: 401, body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] }

export const row: Row = {
  module: salesforce,
  options: { host: 'boats.my.salesforce.com' },
  endpoints: {
    authorize: 'https://boats.my.salesforce.com/services/oauth2/authorize',
    token: 'https://boats.my.salesforce.com/services/oauth2/token',
    revoke: 'https://boats.my.salesforce.com/services/oauth2/revoke',
    api: ['https://boats.my.salesforce.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      options: { scopes: ['api', 'refresh_token'] },
      authorization: { scope: 'api refresh_token' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        ...(!refreshed && { refresh_token: refreshToken }),
        scope: 'refresh_token api',
        ...ANSWER,
      }),
      dead: { status: 400, body: { error: 'invalid_grant', error_description: 'expired access/refresh token' } },
      refused: REFUSED,
    },
    clientCredentials: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, scope: 'api', ...ANSWER }),
      refused: REFUSED,
    },
    jwtBearer: {
      client: 'id',
      grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      options: { assertion: 'header.claims.signature' },
      required: { assertion: 'header.claims.signature' },
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, scope: 'api', ...ANSWER }),
      refused: REFUSED,
    },
  },
  details: { instance_url: 'https://boats.my.salesforce.com' },
  register: 'https://help.salesforce.com/s/articleView?id=xcloud.create_a_local_external_client_app.htm',
  traps: [
    'An answer has no lifetime: a token lives as long as the session settings of the org say, and is renewed when the API refuses it.',
    'Who signs in at login.salesforce.com or test.salesforce.com gives that as `host`, and the `instance_url` of the org as `baseUrl`.',
    'The assertion of the JWT bearer flow has the client id as `iss`, the user name as `sub` and https://login.salesforce.com as `aud`, or https://test.salesforce.com for a sandbox.',
    'The device flow of Salesforce is not RFC 8628, and there is no factory for it.',
  ],
  notFound: [
    'lifetime of a refresh token: a policy of the app',
    'whether a refresh token rotates: a setting of the app',
  ],
}
