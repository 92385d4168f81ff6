import * as figma from '../../src/figma.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: figma,
  options: { scopes: ['file_content:read', 'current_user:read'] },
  endpoints: {
    authorize: 'https://www.figma.com/oauth',
    token: 'https://api.figma.com/v1/oauth/token',
    api: ['https://api.figma.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      refresh: 'keeps',
      authorization: { scope: 'file_content:read current_user:read' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 7_776_000,
        ...(!refreshed && { refresh_token: refreshToken, user_id_string: '1234' }),
      }),
      dead: { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid refresh token' } },
      refused: { status: 403, body: { status: 403, err: 'Invalid token' } },
    },
  },
  details: { user_id_string: '1234' },
  register: 'https://www.figma.com/developers/apps',
  traps: [
    'A bad token is answered with status 403, as a missing scope is; only the words "Invalid token" and "Token expired" are taken for a refusal.',
    "Since May 2025 tokens are renewed at /v1/oauth/token, as OAuth 2.0 says; Figma's OpenAPI file still names /v1/oauth/refresh.",
    'A public app works for others only after Figma has reviewed it, and one scope that the app was not published with fails the whole sign-in.',
  ],
  notFound: [
    'lifetime of an access token',
    'lifetime of a refresh token',
    'whether a refresh token rotates',
    'body of the answer to a dead refresh token',
    'an endpoint for revocation',
  ],
}
