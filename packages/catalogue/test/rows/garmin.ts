import * as garmin from '../../src/garmin.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: garmin,
  endpoints: {
    authorize: 'https://connect.garmin.com/oauth2Confirm',
    token: 'https://diauth.garmin.com/di-oauth2-service/oauth/token',
    api: ['https://apis.garmin.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { code_challenge_method: 'S256' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 86_400,
        token_type: 'bearer',
        refresh_token: refreshToken,
        scope: 'PARTNER_WRITE PARTNER_READ CONNECT_READ CONNECT_WRITE',
        jti: 'token-1',
        refresh_token_expires_in: 7_775_998,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  details: { jti: 'token-1' },
  register: 'https://www.garmin.com/en-US/forms/GarminConnectDeveloperAccess/',
  traps: [
    'There are no scopes to ask for: people choose the permissions on the consent page and can change them later, so ask https://apis.garmin.com/wellness-api/rest/user/permissions what is left.',
    'Garmin admits legal entities only, and has stopped to admit new ones for now.',
    'Apps that were made for OAuth 1 have to be converted by Garmin, and then have another secret.',
    'A refresh token ends after about three months, so people who were not refreshed for so long have to sign in again.',
  ],
  notFound: [
    'body of the answer to a dead refresh token',
    'whether a refresh token that was used ends at once',
    'answer of the API to a token that expired',
    'revocation endpoint of RFC 7009',
  ],
}
