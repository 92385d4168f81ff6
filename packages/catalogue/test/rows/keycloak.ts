import * as keycloak from '../../src/keycloak.ts'
import type { Pair, Rules } from '../imitation.ts'
import type { Row } from '../row.ts'

const dead: Rules['dead'] = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'Token is not active' },
}

const own = ({ accessToken }: Pair) => ({
  access_token: accessToken,
  expires_in: 300,
  token_type: 'Bearer',
  'not-before-policy': 0,
  scope: 'profile email',
})

const ofUser = (pair: Pair) => ({
  ...own(pair),
  refresh_expires_in: 1800,
  refresh_token: pair.refreshToken,
  session_state: 'session-1',
})

export const row: Row = {
  module: keycloak,
  options: { host: 'login.example.com', realm: 'boats' },
  endpoints: {
    authorize: 'https://login.example.com/realms/boats/protocol/openid-connect/auth',
    token: 'https://login.example.com/realms/boats/protocol/openid-connect/token',
    device: 'https://login.example.com/realms/boats/protocol/openid-connect/auth/device',
    revoke: 'https://login.example.com/realms/boats/protocol/openid-connect/revoke',
    api: ['https://login.example.com'],
  },
  grants: {
    authorizationCode: { client: 'basic', refresh: 'rotates', answer: ofUser, dead },
    deviceCode: { client: 'id', refresh: 'rotates', answer: ofUser, dead },
    clientCredentials: {
      client: 'basic',
      refresh: 'never',
      answer: (pair) => ({ ...own(pair), refresh_expires_in: 0 }),
    },
    password: {
      client: 'basic',
      required: { username: 'robin@example.com', password: 'correct horse' },
      refresh: 'never',
      answer: own,
    },
    tokenExchange: {
      client: 'basic',
      grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
      options: { subjectToken: 'subject-1' },
      required: {
        subject_token: 'subject-1',
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      },
      refresh: 'never',
      answer: (pair) => ({
        ...own(pair),
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      }),
    },
  },
  details: { session_state: 'session-1' },
  traps: [
    'A refresh token ends with the session of the user: for one that lasts longer ask for the scope "offline_access".',
    'Before Keycloak 17 all paths begin with "/auth": give it as "path".',
    'Tokens are for your APIs: name them by "origins". Without it they are sent to the host of Keycloak only.',
    'The realm sets the lifetimes, and with "Revoke Refresh Token" each refresh token works once.',
  ],
  notFound: [],
}
