import * as synology from '../../src/synology.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: synology,
  options: { host: 'sso.example.com' },
  endpoints: {
    authorize: 'https://sso.example.com/webman/sso/SSOOauth.cgi',
    token: 'https://sso.example.com/webman/sso/SSOAccessToken.cgi',
    api: ['https://sso.example.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'never',
      authorization: { scope: 'openid' },
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        expires_in: 180,
        id_token: 'id-token-1',
        token_type: 'Bearer',
      }),
    },
  },
  register: 'https://kb.synology.com/en-global/DSM/help/SSOServer/sso_server_application_list?version=7',
  traps: ['There is no refresh token: when the access token ends, a person has to sign in again.'],
  notFound: ['lifetime of an access token', 'body of an error of the token endpoint'],
}
