import * as gitlab from '../../src/gitlab.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: gitlab,
  options: { scopes: ['read_user', 'profile'] },
  endpoints: {
    authorize: 'https://gitlab.com/oauth/authorize',
    token: 'https://gitlab.com/oauth/token',
    device: 'https://gitlab.com/oauth/authorize_device',
    revoke: 'https://gitlab.com/oauth/revoke',
    api: ['https://gitlab.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'rotates',
      authorization: { scope: 'read_user profile', code_challenge_method: 'S256' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 7200,
        refresh_token: refreshToken,
        created_at: 1_790_000_000,
      }),
      dead: {
        status: 400,
        body: {
          error: 'invalid_grant',
          error_description: 'The provided authorization grant is invalid, expired, revoked.',
        },
      },
    },
    deviceCode: {
      client: 'id',
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 7200,
        scope: 'read_user profile',
        created_at: 1_790_000_000,
      }),
    },
    password: {
      client: 'basic',
      required: { username: 'robin@example.com', password: 'correct horse' },
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'bearer', expires_in: 7200 }),
    },
  },
  details: { created_at: 1_790_000_000 },
  register: 'https://gitlab.com/-/user_settings/applications',
  traps: [
    'A refresh ends the refresh token and the access token that were used, so two programs must not share one refresh token without sharing a store.',
    'People of groups with SAML sign-in have to be sent with the parameter "root_namespace_id": give it as "extra" of beginSignIn().',
    'Tokens do not sign in to the container registry or the package registry.',
  ],
  notFound: ['lifetime of a refresh token', 'whether the answer to a device has a refresh token'],
}
