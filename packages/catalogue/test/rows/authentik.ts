import * as authentik from '../../src/authentik.ts'
import type { Pair, Rules } from '../imitation.ts'
import type { Row } from '../row.ts'

const dead: Rules['dead'] = {
  status: 400,
  body: {
    error: 'invalid_grant',
    error_description: 'The provided authorization grant or refresh token is invalid, expired or revoked',
    request_id: 'request-1',
  },
}

const own = ({ accessToken }: Pair, scope: string) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  scope,
  expires_in: 300,
  id_token: 'e30.e30.c2ln',
})

export const row: Row = {
  module: authentik,
  options: { domain: 'auth.boats.example.com' },
  endpoints: {
    authorize: 'https://auth.boats.example.com/application/o/authorize/',
    token: 'https://auth.boats.example.com/application/o/token/',
    device: 'https://auth.boats.example.com/application/o/device/',
    revoke: 'https://auth.boats.example.com/application/o/revoke/',
    api: ['https://auth.boats.example.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      options: { scopes: ['openid', 'offline_access'] },
      refresh: 'rotates',
      authorization: { scope: 'openid offline_access' },
      answer: (pair) => ({ ...own(pair, 'openid offline_access'), refresh_token: pair.refreshToken }),
      dead,
    },
    deviceCode: {
      client: 'id',
      options: { scopes: ['openid', 'offline_access'] },
      refresh: 'rotates',
      answer: (pair) => ({ ...own(pair, 'openid offline_access'), refresh_token: pair.refreshToken }),
      dead,
    },
    clientCredentials: {
      client: 'body',
      options: { scopes: ['profile'] },
      required: { scope: 'profile' },
      refresh: 'never',
      answer: (pair) => own(pair, 'profile'),
    },
    password: {
      client: 'id',
      options: { scopes: ['profile'] },
      required: { scope: 'profile' },
      refresh: 'never',
      answer: (pair) => own(pair, 'profile'),
    },
    tokenExchange: {
      client: 'body',
      grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
      options: { subjectToken: 'subject-1', scopes: ['openid', 'email'] },
      required: {
        subject_token: 'subject-1',
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        scope: 'openid email',
      },
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 300,
        scope: 'openid email',
      }),
    },
  },
  register: 'https://docs.goauthentik.io/add-secure-apps/providers/oauth2/create-oauth2-provider/',
  traps: [
    'A refresh token needs the scope `offline_access`, both in the provider and in the request.',
    'Tokens for your API go to its host: give it as `baseUrl`.',
    'An exchange refuses `resource`: name the other provider in `audience`.',
    'How long tokens live and whether a refresh token rotates are settings of the provider.',
  ],
  notFound: ['status of an API answer to a bad token'],
}
