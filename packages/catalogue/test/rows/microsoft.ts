import * as microsoft from '../../src/microsoft.ts'
import type { Pair } from '../imitation.ts'
import type { Row } from '../row.ts'

const SCOPE = 'offline_access https://graph.microsoft.com/mail.read'

const answer = ({ accessToken, refreshToken }: Pair) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: 3599,
  scope: 'https://graph.microsoft.com/mail.read',
  refresh_token: refreshToken,
})

export const row: Row = {
  module: microsoft,
  options: { tenant: 'contoso.onmicrosoft.com', scopes: SCOPE.split(' ') },
  endpoints: {
    authorize: 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/authorize',
    token: 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token',
    device: 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/devicecode',
    api: ['https://graph.microsoft.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: SCOPE },
      answer,
      dead: { status: 400, body: { error: 'interaction_required', error_codes: [50_076] } },
    },
    deviceCode: {
      client: 'id',
      refresh: 'rotates',
      answer,
      dead: { status: 400, body: { error: 'invalid_grant', error_codes: [700_082] } },
    },
    clientCredentials: {
      client: 'basic',
      options: { scopes: ['https://graph.microsoft.com/.default'] },
      required: { scope: 'https://graph.microsoft.com/.default' },
      refresh: 'never',
      answer: ({ accessToken }) => ({ token_type: 'Bearer', expires_in: 3599, access_token: accessToken }),
    },
  },
  register: 'https://go.microsoft.com/fwlink/?linkid=2083908',
  traps: [
    'Without the scope "offline_access" there is no refresh token.',
    'All scopes of a token have to be of one API: make another credential, with `origins`, for each further API.',
    'A program without people takes the scope ".default" of its API, e.g. https://graph.microsoft.com/.default, and a real tenant.',
    'The refresh token of a single-page app ends 24 hours after the sign-in, even if it is used.',
  ],
  notFound: ['a revocation endpoint'],
}
