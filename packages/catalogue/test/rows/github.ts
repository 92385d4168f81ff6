import * as github from '../../src/github.ts'
import type { Rules } from '../imitation.ts'
import type { Row } from '../row.ts'

const rules: Omit<Rules, 'client'> = {
  refresh: 'rotates',
  authorization: { scope: 'repo gist' },
  answer: ({ accessToken, refreshToken }) => ({
    access_token: accessToken,
    expires_in: 28_800,
    refresh_token: refreshToken,
    refresh_token_expires_in: 15_897_600,
    scope: 'repo,gist',
    token_type: 'bearer',
  }),
  dead: {
    status: 200,
    body: {
      error: 'bad_refresh_token',
      error_description: 'The refresh token passed is incorrect or expired.',
    },
  },
  refused: { status: 401, body: { message: 'Bad credentials' } },
}

export const row: Row = {
  module: github,
  options: { scopes: ['repo', 'gist'] },
  endpoints: {
    authorize: 'https://github.com/login/oauth/authorize',
    token: 'https://github.com/login/oauth/access_token',
    device: 'https://github.com/login/device/code',
    api: ['https://api.github.com'],
  },
  grants: {
    authorizationCode: { ...rules, client: 'body' },
    deviceCode: { ...rules, client: 'id' },
  },
  register: 'https://github.com/settings/apps/new',
  traps: [
    'Tokens of an OAuth app do not expire and have no refresh token; those of a GitHub App do, unless its owner opts out.',
    'Tokens of a GitHub App have no scopes: what they may do is set in the permissions of the app and of its installation.',
    'For GitHub Enterprise give "host" and "apiHost", such as "octocorp.ghe.com" and "api.octocorp.ghe.com".',
    'Tokens are revoked by DELETE /applications/{client_id}/token, which does not follow RFC 7009: signing out does not end them at GitHub.',
  ],
  notFound: ['status of the answer to a dead refresh token'],
}
