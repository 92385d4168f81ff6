import * as okta from '../../src/okta.ts'
import type { Pair } from '../imitation.ts'
import type { Row } from '../row.ts'

const SCOPE = 'openid offline_access'

const answer = ({ accessToken, refreshToken }: Pair) => ({
  token_type: 'Bearer',
  expires_in: 3600,
  access_token: accessToken,
  scope: 'offline_access openid',
  refresh_token: refreshToken,
})
const dead = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.' },
}

export const row: Row = {
  module: okta,
  options: { domain: 'boats.okta.com', server: '/oauth2/default', scopes: SCOPE.split(' ') },
  endpoints: {
    authorize: 'https://boats.okta.com/oauth2/default/v1/authorize',
    token: 'https://boats.okta.com/oauth2/default/v1/token',
    device: 'https://boats.okta.com/oauth2/default/v1/device/authorize',
    revoke: 'https://boats.okta.com/oauth2/default/v1/revoke',
    api: ['https://boats.okta.com'],
  },
  grants: {
    authorizationCode: { client: 'basic', refresh: 'keeps', authorization: { scope: SCOPE }, answer, dead },
    deviceCode: { client: 'id', refresh: 'keeps', answer, dead },
    clientCredentials: {
      client: 'basic',
      options: { scopes: ['boats.read'] },
      required: { scope: 'boats.read' },
      refresh: 'never',
      answer: ({ accessToken }) => ({
        token_type: 'Bearer',
        expires_in: 3600,
        access_token: accessToken,
        scope: 'boats.read',
      }),
    },
    password: { client: 'basic', refresh: 'keeps', answer, dead },
  },
  register: 'https://developer.okta.com/docs/guides/create-an-app-integration/openidconnect/main/',
  traps: [
    'Without the scope "offline_access" there is no refresh token.',
    "A token of a custom authorization server is for an API of one's own, not for Okta's: name that API by `origins`.",
    'Where rotation is on, a refresh token that comes twice after its grace period ends all tokens of the sign-in.',
    'A custom authorization server has its own lifetimes, and ends a refresh token after 7 days without use by default.',
  ],
  notFound: [],
}
