import { generateKeyPairSync } from 'node:crypto'
import * as google from '../../src/google.ts'
import type { Rules } from '../imitation.ts'
import type { Row } from '../row.ts'

const SCOPE = 'https://www.googleapis.com/auth/drive.metadata.readonly'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

const rules: Rules = {
  options: { scopes: [SCOPE] },
  client: 'basic',
  refresh: 'keeps',
  authorization: { access_type: 'offline', scope: SCOPE },
  answer: ({ accessToken, refreshToken }, refreshed) => ({
    access_token: accessToken,
    expires_in: 3920,
    token_type: 'Bearer',
    scope: SCOPE,
    ...(!refreshed && { refresh_token: refreshToken }),
  }),
  dead: { status: 400, body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' } },
  refused: { status: 401, body: { error: { code: 401, message: 'Invalid Credentials', status: 'UNAUTHENTICATED' } } },
}

export const row: Row = {
  module: google,
  endpoints: {
    authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
    token: 'https://oauth2.googleapis.com/token',
    device: 'https://oauth2.googleapis.com/device/code',
    revoke: 'https://oauth2.googleapis.com/revoke',
    api: ['https://*.googleapis.com'],
  },
  grants: {
    authorizationCode: rules,
    deviceCode: rules,
    jwtBearer: {
      options: {
        assertion: {
          key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
          claims: { iss: 'boats@boats.iam.gserviceaccount.com', scope: SCOPE },
        },
      },
      client: 'id',
      grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        scope: SCOPE,
        token_type: 'Bearer',
        expires_in: 3600,
      }),
    },
  },
  register: 'https://console.developers.google.com/apis/credentials',
  traps: [
    'A refresh token is given at the first consent only: to get another one, begin the sign-in with the extra parameter "prompt": "consent".',
    'While the app is in the publishing status "Testing", a refresh token ends after seven days: publish the app.',
    'The number of refresh tokens of a Google account for one client is limited, and the oldest ends without notice: keep one for each account.',
    'People may grant some of the scopes only: look at the granted ones before you use them.',
  ],
  notFound: ['answer to the revocation of an access token whose refresh token was revoked before'],
}
