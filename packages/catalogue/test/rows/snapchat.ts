import * as snapchat from '../../src/snapchat.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: snapchat,
  options: { scopes: ['snapchat-marketing-api'] },
  endpoints: {
    authorize: 'https://accounts.snapchat.com/login/oauth2/authorize',
    token: 'https://accounts.snapchat.com/login/oauth2/access_token',
    api: ['https://adsapi.snapchat.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      authorization: { scope: 'snapchat-marketing-api' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        expires_in: 3600,
        token_type: 'Bearer',
        scope: 'snapchat-marketing-api',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  register: 'https://business.snapchat.com',
  traps: [
    'Apps of Snap Business Manager and apps of Login Kit are not the same: `product` has to fit the app.',
    'The secret of an app is shown only once, when the app is made.',
    'Scopes of Login Kit are whole URLs, such as https://auth.snapchat.com/oauth2/api/user.display_name.',
  ],
  notFound: [
    'lifetime of an access token (public programs report 3,600 seconds)',
    'lifetime of a refresh token',
    'whether a refresh token rotates',
    'body of the answer to a dead refresh token',
  ],
}
