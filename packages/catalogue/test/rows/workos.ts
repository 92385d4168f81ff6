import * as workos from '../../src/workos.ts'
import type { Row } from '../row.ts'

const OVER = { status: 400, body: { error: 'invalid_grant' } }

export const row: Row = {
  module: workos,
  options: { domain: 'boats.authkit.app' },
  endpoints: {
    authorize: 'https://boats.authkit.app/oauth2/authorize',
    token: 'https://boats.authkit.app/oauth2/token',
    device: 'https://boats.authkit.app/oauth2/device_authorization',
    api: ['https://boats.authkit.app'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'openid offline_access' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 300,
        id_token: 'eyJ.eyJ.c2ln',
        refresh_token: refreshToken,
        token_type: 'bearer',
      }),
      dead: OVER,
    },
    deviceCode: {
      client: 'id',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 300,
        id_token: 'eyJ.eyJ.c2ln',
        refresh_token: refreshToken,
        token_type: 'bearer',
      }),
      dead: OVER,
    },
    clientCredentials: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, expires_in: 3600, token_type: 'bearer' }),
    },
  },
  register: 'https://dashboard.workos.com/',
  traps: [
    'The documentation calls the parameter `nonce` of a sign-in required: give a random one in `extra` of `beginSignIn`.',
    'Without the scope `offline_access` there is no refresh token.',
    'The API of WorkOS itself takes an API key, not these tokens: they are for the APIs of the application that uses Connect.',
    'An M2M application can only be a third-party application: it belongs to one organization.',
  ],
  notFound: [
    'lifetime of a refresh token',
    'body of the answer to a dead refresh token',
    'whether a refresh token rotates',
    'an RFC 7009 revocation endpoint',
  ],
}
