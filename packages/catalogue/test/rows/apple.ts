import * as apple from '../../src/apple.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: apple,
  endpoints: {
    authorize: 'https://appleid.apple.com/auth/authorize',
    token: 'https://appleid.apple.com/auth/token',
    revoke: 'https://appleid.apple.com/auth/revoke',
    api: ['https://appleid.apple.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: 3600,
        ...(!refreshed && { refresh_token: refreshToken, id_token: 'e30.e30.c2ln' }),
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
  },
  traps: [
    'The client secret is a JWT with an end: give `clientSecret` a function that signs a new one in time.',
    'The scopes `name` and `email` need `response_mode: form_post` in `authorizationParameters`: the callback is then a POST, and its form fields go to `completeSignIn` as a query.',
    'The redirect URI has to be https with a domain name: localhost and IP addresses are refused.',
    'Name and email come with the first sign-in only.',
  ],
  notFound: [
    'whether PKCE is checked',
    'lifetime of an access token',
    'lifetime of a refresh token',
    'status of an API answer to a bad token',
  ],
}
