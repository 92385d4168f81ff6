import * as auth0 from '../../src/auth0.ts'
import type { Row } from '../row.ts'

const dead = {
  status: 403,
  body: { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
}

export const row: Row = {
  module: auth0,
  options: { domain: 'boats.eu.auth0.com' },
  endpoints: {
    authorize: 'https://boats.eu.auth0.com/authorize',
    token: 'https://boats.eu.auth0.com/oauth/token',
    device: 'https://boats.eu.auth0.com/oauth/device/code',
    revoke: 'https://boats.eu.auth0.com/oauth/revoke',
    api: ['https://boats.eu.auth0.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      options: {
        scopes: ['openid', 'offline_access', 'read:boats'],
        authorizationParameters: { audience: 'https://api.boats.example.com/' },
      },
      refresh: 'rotates',
      authorization: {
        audience: 'https://api.boats.example.com/',
        scope: 'openid offline_access read:boats',
        code_challenge_method: 'S256',
      },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        id_token: 'e30.e30.c2ln',
        token_type: 'Bearer',
        expires_in: 86_400,
        scope: 'openid offline_access read:boats',
      }),
      dead,
    },
    deviceCode: {
      client: 'id',
      options: { scopes: ['offline_access'], authorizationParameters: { audience: 'https://api.boats.example.com/' } },
      refresh: 'keeps',
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        id_token: 'e30.e30.c2ln',
        ...(!refreshed && { refresh_token: refreshToken }),
        expires_in: 86_400,
        token_type: 'Bearer',
      }),
      dead,
    },
    clientCredentials: {
      client: 'body',
      options: { tokenParameters: { audience: 'https://api.boats.example.com/' } },
      required: { audience: 'https://api.boats.example.com/' },
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'Bearer', expires_in: 86_400 }),
    },
    password: {
      client: 'body',
      refresh: 'never',
      answer: ({ accessToken }) => ({ access_token: accessToken, token_type: 'Bearer', expires_in: 86_400 }),
    },
    tokenExchange: {
      client: 'body',
      grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
      options: { subjectToken: 'subject-1', subjectTokenType: 'urn:boats:legacy-token' },
      required: { subject_token: 'subject-1', subject_token_type: 'urn:boats:legacy-token' },
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        expires_in: 86_400,
      }),
    },
  },
  register: 'https://manage.auth0.com/dashboard',
  traps: [
    'A token is for the API that `audience` names: without it a sign-in gives a token for `/userinfo` only.',
    'The authentication method of the application decides where the secret goes: give `clientAuthentication` where it is not "Post".',
    'A refresh token needs the scope `offline_access`, "Allow Offline Access" of the API and the grant "Refresh Token" of the application.',
    'With rotation a refresh token that is used twice ends the whole grant, unless the overlap period is set.',
  ],
  notFound: ['error code of a dead refresh token in the documentation: it is as public programs show it'],
}
