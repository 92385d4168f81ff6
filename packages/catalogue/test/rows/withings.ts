import * as withings from '../../src/withings.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: withings,
  options: { scopes: ['user.info', 'user.metrics'] },
  endpoints: {
    authorize: 'https://account.withings.com/oauth2_user/authorize2',
    token: 'https://wbsapi.withings.net/v2/oauth2',
    api: ['https://wbsapi.withings.net'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      required: { action: 'requesttoken' },
      authorization: { scope: 'user.info,user.metrics' },
      answer: ({ accessToken, refreshToken }) => ({
        status: 0,
        body: {
          userid: '12',
          access_token: accessToken,
          refresh_token: refreshToken,
          expires_in: 10_800,
          scope: 'user.info,user.metrics',
          csrf_token: 'csrf',
          token_type: 'Bearer',
        },
      }),
      dead: { status: 200, body: { status: 503, body: {}, error: 'Invalid Params: invalid refresh_token' } },
      refused: { status: 200, body: { status: 401, body: {}, error: 'XRequestID: Not provided invalid_token' } },
    },
  },
  details: { userid: '12' },
  register: 'https://developer.withings.com/dashboard/',
  traps: [
    'Every answer has the HTTP status 200: the member `status` of the body says whether it is an error.',
    'An authorization code is valid for 30 seconds.',
    'The public cloud and the US medical cloud are separate environments, and an app of one is not known in the other.',
    'A redirect URI must not be localhost or an IP address.',
  ],
  notFound: [
    'body of the answer to a dead refresh token in the documentation: it is as public programs show it',
    'a table of the errors of the token endpoint',
    'whether PKCE is checked',
  ],
}
